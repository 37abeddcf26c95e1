"""Words of names."""

from typing import get_args

from decompose.ir.graph import Role
from decompose.roles.vocabulary import INFERENCE, _index, roles_of_word, words_of


def test_identifiers_split_into_words():
    assert words_of("initiate_modelTrainer") == ("initiate", "model", "trainer")
    assert words_of("HTTPServer2") == ("http", "server")
    assert "batch_predict" in words_of("run_batch_predict")


def test_every_word_suggests_a_role_that_exists():
    known = {*get_args(Role), INFERENCE}

    assert {role for found in _index().values() for role, _ in found} <= known
    assert all(0 <= weight <= 1 for found in _index().values() for _, weight in found)


def test_an_unknown_word_suggests_nothing():
    assert roles_of_word("banana") == ()
