"""The shadow's comparison: which place it names, and what it lets pass."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest


@dataclasses.dataclass
class Point:
    x: float
    y: object = None


class Bag:
    def __init__(self, **content):
        self.__dict__.update(content)


class Opaque:
    __slots__ = ()


def field_of(local, remote):
    from service_runtime.differences import first_difference

    found = first_difference(local, remote)
    return None if found is None else found.field


@pytest.mark.parametrize(
    ("local", "remote", "field"),
    [
        (1, 2, "result"),
        (1, 1.0, "result"),
        (True, 1, "result"),
        (1.0, 1.0 + 1e-8, "result"),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "result['a'][1]['b']"),
        ({"a": 1}, {"b": 1}, "keys of result"),
        ([1, 2], [1], "len(result)"),
        ((1, 2), [1, 2], "result"),
        ({1, 2}, {1, 3}, "result"),
        (Point(1.0, [1]), Point(1.0, [2]), "result.y[0]"),
        (Bag(a=1), Bag(a=1, b=2), "result.b"),
        (ValueError("a"), ValueError("b"), "result.args[0]"),
        (ValueError("a"), KeyError("a"), "result"),
        (np.arange(3.0), np.array([0, 1, 2.5]), "result[2]"),
        (np.arange(3), np.arange(3.0), "result"),
        (np.float32(1), np.float32(1.1), "result"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), pd.DataFrame({"a": [1, 2], "b": [1, 3]}), "result['b'] row 1"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1.0]}), "result['a'].dtype"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), "result.columns"),
        (pd.Series([1, 2]), pd.Series([1, 2], index=[1, 2]), "result.index"),
        (b"a", b"b", "result"),
    ],
)
def test_the_first_place_that_differs_is_named(local, remote, field):
    assert field_of(local, remote) == field


@pytest.mark.parametrize(
    ("local", "remote"),
    [
        (float("nan"), float("nan")),
        (0.1 + 0.2, 0.3),
        (np.array([np.nan, 1]), np.array([np.nan, 1])),
        (np.array([1], "f4"), np.array([1 + 1e-7], "f4")),
        (np.array(["a", None], dtype=object), np.array(["a", None], dtype=object)),
        (pd.DataFrame({"a": [0.1 + 0.2, np.nan]}), pd.DataFrame({"a": [0.3, np.nan]})),
        (Bag(), Bag()),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_what_a_journey_may_change_is_no_difference(local, remote):
    assert field_of(local, remote) is None


def test_cycles_end():
    local, remote = [1], [1]
    local.append(local)
    remote.append(remote)

    assert field_of(local, remote) is None


def test_what_has_no_content_is_not_called_equal():
    from service_runtime.differences import NotComparable

    with pytest.raises(NotComparable):
        field_of(Opaque(), Opaque())
