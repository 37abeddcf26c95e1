import datetime
import decimal
import enum
import math
from collections import namedtuple
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from decompose.parity import EXACT, Tolerance, first_difference

NAN = float("nan")
UTC = datetime.timezone.utc  # noqa: UP017
Point = namedtuple("Point", "x y")


@dataclass
class Box:
    content: object
    label: str = "a"


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


FRAME = pd.DataFrame({"a": [1.0, NAN, 3.0], "b": ["x", None, "z"]})
ROWS = pd.DataFrame({"a": [1, 2, 3]})
WHEN = datetime.datetime(2024, 1, 2, 3)
CATEGORIES = pd.Series(["u", "v"], dtype="category")


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (1, 1.0, "type"),
        (True, 1, "type"),
        (1.0, np.float64(1.0), "type"),
        (None, NAN, "type"),
        ((1, 2), [1, 2], "type"),
        (1.0, 1.1, "value"),
        (NAN, 1.0, "value"),
        (math.inf, 5.0, "value"),
        ("abc", "abd", "value"),
        (b"a", b"b", "value"),
        ([1, 2, 3], [1, 2], "length"),
        ([1, 2, 3], [3, 2, 1], "order"),
        ([1, 2], [1, 3], "value"),
        ({1, 2}, {1, 3}, "value"),
        ({"a": 1}, {"b": 1}, "key"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "order"),
        ({"a": None}, {"a": NAN}, "type"),
        (WHEN.replace(tzinfo=UTC), WHEN, "timezone"),
        (WHEN.replace(tzinfo=UTC), WHEN.replace(tzinfo=ZoneInfo("Europe/Paris")), "timezone"),
        (decimal.Decimal("1.0"), decimal.Decimal("1.1"), "value"),
        (Colour.RED, Colour.BLUE, "value"),
        (ValueError("a"), KeyError("a"), "type"),
        (ValueError("a"), ValueError("b"), "value"),
        (Box(1), Box(2), "value"),
        (Box([1]), Box((1,)), "type"),
        (Point(1, 2), Point(1, 3), "value"),
        (complex(1, 2), complex(1, 3), "value"),
        (len, abs, "value"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "dtype"),
        (np.array([1.0], "f4"), np.array([1.0], "f8"), "dtype"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape"),
        (np.array([1.0, 2.0]), np.array([1.0, 2.5]), "value"),
        (np.array([1.0, 2.0]), np.array([2.0, 1.0]), "order"),
        (np.array([1.0, np.inf]), np.array([1.0, 5.0]), "value"),
        (np.array([NAN]), np.array([0.0]), "value"),
        (np.array(["2024-01-01", "NaT"], "M8[D]"), np.array(["2024-01-01", "2024-01-02"], "M8[D]"), "value"),
        (np.array([None, "a"], object), np.array([NAN, "a"], object), "type"),
        (np.float32(1), np.float64(1), "type"),
        (FRAME, FRAME[["b", "a"]], "order"),
        (FRAME, FRAME.rename(columns={"a": "c"}), "columns"),
        (FRAME, FRAME.iloc[:2], "shape"),
        (ROWS, ROWS.iloc[::-1], "order"),
        (ROWS, ROWS.iloc[::-1].reset_index(drop=True), "order"),
        (ROWS, ROWS.astype("int32"), "dtype"),
        (ROWS, ROWS.set_index(pd.Index([1, 2, 3])), "index"),
        (FRAME, FRAME.fillna({"a": 0.0}), "value"),
        (pd.Series([1], name="a"), pd.Series([1], name="b"), "value"),
        (CATEGORIES, CATEGORIES.cat.set_categories(["v", "u"]), "order"),
        (CATEGORIES, CATEGORIES.cat.as_ordered(), "dtype"),
        (pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-01"), "timezone"),
        (pd.Series(pd.to_datetime(["2024-01-01"], utc=True)), pd.Series(pd.to_datetime(["2024-01-01"])), "dtype"),
        (scipy.sparse.csr_matrix([[1.0, 0]]), scipy.sparse.csr_matrix([[2.0, 0]]), "value"),
        (scipy.sparse.csr_matrix([[1.0, 0]]), scipy.sparse.csr_matrix([[0, 1.0]]), "value"),
        (np.random.RandomState(0), np.random.RandomState(1), "value"),
        (np.random.default_rng(0), np.random.default_rng(1), "value"),
    ],
)
def test_every_kind_of_difference_is_seen_and_named(left, right, kind):
    found = first_difference(left, right)

    assert found is not None
    assert found.kind == kind
    assert first_difference(right, left) is not None


@pytest.mark.parametrize(
    "make",
    [
        lambda: FRAME.copy(),
        lambda: CATEGORIES.copy(),
        lambda: {"a": [1, (2.0, NAN)], "b": Box(np.arange(3))},
        lambda: scipy.sparse.csr_matrix([[1.0, 0]]),
        lambda: np.random.default_rng(0),
        lambda: WHEN.replace(tzinfo=UTC),
        lambda: pd.NaT,
        lambda: pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]),
        lambda: pd.Series([1, None], dtype="Int64"),
        lambda: pd.date_range("2024-01-01", periods=3, tz="UTC"),
        lambda: np.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")]),
        lambda: np.array([1 + 2j]),
        lambda: np.array(["a", "bb"]),
        lambda: ValueError("a", 1),
        lambda: object(),
    ],
)
def test_values_made_twice_are_equal(make):
    assert first_difference(make(), make()) is None


def test_the_place_of_the_first_difference_is_given_with_its_path():
    left = {"result": [Box({"scores": np.array([[1.0, 2.0], [3.0, 4.0]])})]}
    right = {"result": [Box({"scores": np.array([[1.0, 2.0], [3.5, 4.0]])})]}

    found = first_difference(left, right, place="call")

    assert found is not None
    assert found.place == "call['result'][0].content['scores'][1, 0]"
    assert (found.left, found.right) == ("3.0", "3.5")
    assert "1 of 4" in found.note


def test_tolerance_follows_the_precision_of_the_floats():
    near32 = np.array([1.0], "f4"), np.array([1.0 + 3e-7], "f4")
    near64 = np.array([1.0]), np.array([1.0 + 3e-7])

    assert first_difference(*near32) is None
    assert first_difference(*near64) is not None
    assert first_difference(*near32, tolerance=EXACT) is not None


def test_a_value_that_contains_itself_ends():
    left: list[object] = [1]
    right: list[object] = [1]
    left.append(left)
    right.append(right)

    assert first_difference(left, right) is None


def test_an_object_that_refuses_every_question_is_still_reported():
    class Sulky:
        __slots__ = ()

        def __reduce_ex__(self, protocol):
            raise TypeError

        def __repr__(self):
            raise TypeError

        def __eq__(self, other):
            raise TypeError

        __hash__ = None  # type: ignore[assignment]

    assert first_difference([Sulky(), 1], [Sulky(), 2]) is not None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=10,
)


@given(PLAIN)
def test_every_value_equals_a_deep_copy_of_itself(value):
    import copy

    assert first_difference(value, copy.deepcopy(value), tolerance=EXACT) is None


@given(PLAIN, PLAIN)
def test_whether_two_values_differ_does_not_depend_on_their_order(left, right):
    one, other = (first_difference(*pair, tolerance=Tolerance()) for pair in ((left, right), (right, left)))

    assert (one is None) == (other is None)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("tolerance", [Tolerance(), EXACT])
def test_zero_is_not_its_negative(dtype, tolerance):
    zeros, negative = np.array([1.0, 0.0], dtype=dtype), np.array([1.0, -0.0], dtype=dtype)

    found = first_difference(zeros, negative, tolerance=tolerance)

    assert found is not None and found.place.endswith("[1]")
    assert first_difference(zeros, zeros.copy(), tolerance=tolerance) is None
    assert first_difference(0.0, -0.0, tolerance=tolerance) is not None
    assert first_difference(pd.Series(zeros), pd.Series(negative), tolerance=tolerance) is not None
