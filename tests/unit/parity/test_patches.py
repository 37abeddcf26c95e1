import textwrap

import pytest

from decompose.parity.patches import MovedCode, describe_moved, find_patches, unreachable_reason

MOVED = MovedCode(modules=("shop.train",), imports=("joblib",), strings=frozenset({"SHOP_REGION"}))


def _patches(tmp_path, test, conftest=""):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(textwrap.dedent(test))
    (tmp_path / "conftest.py").write_text(textwrap.dedent(conftest))
    return find_patches(tmp_path, ["tests/test_a.py"])


@pytest.mark.parametrize(
    "body",
    [
        "monkeypatch.setattr('shop.train.save', None)",
        "monkeypatch.setattr(train, 'save', None)",
        "monkeypatch.setattr(train.Trainer, 'fit', None)",
        "monkeypatch.setattr(Trainer, 'fit', None)",
        "monkeypatch.setitem(train.CACHE, 'a', 1)",
        "monkeypatch.delattr('shop.train.save')",
        "mocker.patch('shop.train.save')",
        "mocker.patch.object(train, 'save')",
        "with mock.patch('shop.train.save'): pass",
        "with mock.patch.dict(train.CACHE, {'a': 1}): pass",
        "train.LIMIT = 3",
        "train.CACHE['a'] = 3",
        "monkeypatch.setenv('SHOP_REGION', 'us')",
        "os.environ['SHOP_REGION'] = 'us'",
        "with mock.patch.dict(os.environ, {'SHOP_REGION': 'us'}): pass",
        "with mock.patch.dict('os.environ', SHOP_REGION='us'): pass",
        "monkeypatch.chdir('/tmp')",
        "os.chdir('/tmp')",
        "monkeypatch.setattr(joblib, 'load', None)",
        "with mock.patch('joblib.load'): pass",
        "helper(monkeypatch)",
    ],
)
def test_every_way_to_patch_is_recognised(tmp_path, body):
    test = f"""
        import os
        import joblib
        from unittest import mock
        from shop import train
        from shop.train import Trainer

        def helper(monkeypatch):
            monkeypatch.setattr(train, "save", None)

        def test_it(monkeypatch, mocker):
            {body}
    """

    found = _patches(tmp_path, test)

    assert unreachable_reason(found["tests/test_a.py::test_it"], MOVED)


@pytest.mark.parametrize(
    "body",
    [
        "monkeypatch.setattr('shop.report.save', None)",
        "monkeypatch.setenv('OTHER', 'us')",
        "monkeypatch.setattr(requests, 'get', None)",
        "train = 3",
        "result.value = 3",
        "assert mock.patch",
    ],
)
def test_what_does_not_reach_moved_code_is_no_excuse(tmp_path, body):
    test = f"""
        import requests
        from unittest import mock
        def test_it(monkeypatch):
            result = object()
            {body}
    """

    found = _patches(tmp_path, test)

    assert not unreachable_reason(found["tests/test_a.py::test_it"], MOVED)


def test_patches_in_fixtures_decorators_and_classes_count_for_their_tests(tmp_path):
    test = """
        from unittest import mock
        import pytest

        @pytest.fixture
        def local(monkeypatch):
            monkeypatch.setattr("shop.train.a", 1)

        @mock.patch("shop.train.save")
        def test_decorated(save): ...

        def test_fixture(shared): ...

        def test_local(local): ...

        @pytest.mark.usefixtures("local")
        def test_marked(): ...

        @mock.patch("shop.train.save")
        class TestClass:
            def test_method(self): ...

        class TestSetup:
            def setup_method(self):
                mock.patch("shop.train.save").start()
            def test_method(self): ...

        def test_plain(): ...
    """
    conftest = """
        import pytest

        @pytest.fixture
        def inner(monkeypatch):
            monkeypatch.setattr("shop.train.b", 1)

        @pytest.fixture
        def shared(inner):
            return 1
    """

    found = _patches(tmp_path, test, conftest)

    reached = {name.partition("::")[2] for name, patches in found.items() if unreachable_reason(patches, MOVED)}
    assert reached == {
        "test_decorated", "test_fixture", "test_local", "test_marked",
        "TestClass::test_method", "TestSetup::test_method",
    }  # fmt: skip


def test_an_autouse_fixture_of_a_conftest_counts_for_all(tmp_path):
    conftest = """
        import pytest

        @pytest.fixture(autouse=True)
        def region(monkeypatch):
            monkeypatch.setenv("SHOP_REGION", "us")
    """

    found = _patches(tmp_path, "def test_it(): ...", conftest)

    assert "SHOP_REGION" in unreachable_reason(found["tests/test_a.py::test_it"], MOVED)


def test_the_reason_names_target_place_and_module(tmp_path):
    found = _patches(tmp_path, "def test_it(monkeypatch):\n    monkeypatch.setattr('shop.train.save', None)\n")

    reason = unreachable_reason(found["tests/test_a.py::test_it"], MOVED)

    assert "`shop.train.save`" in reason
    assert "tests/test_a.py:2" in reason


def test_moved_code_is_described_from_its_text(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/train.py").write_text("import joblib.x\nfrom sklearn import svm\nNAME = 'SHOP_REGION'\n")

    moved = describe_moved(tmp_path, ["shop/train.py", "shop/gone.py"])

    assert moved.modules == ("shop.train",)
    assert moved.imports == ("joblib", "sklearn")
    assert "SHOP_REGION" in moved.strings
