# ruff: noqa: E501  (tables of values read better on long lines)
"""Values come out of the wire format as they went in: type, content, sharing."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import fractions
import pathlib
import uuid

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(), st.decimals(allow_nan=False),
    st.dates(), st.datetimes(), st.timedeltas(), st.complex_numbers(allow_nan=False), st.uuids(), st.fractions(),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.just("$")), inner, max_size=4),
        st.sets(st.one_of(st.integers(), st.text()), max_size=4),
    ),
    max_leaves=12,
)


def crossed(value):
    from service_runtime.values import Decoder, Encoder
    from service_runtime.wire import pack, unpack

    encoder = Encoder()
    content_type, chunks = pack(encoder.encode(value), encoder.parts)
    message, parts = unpack(content_type, b"".join(bytes(chunk) for chunk in chunks))
    return Decoder(parts).decode(message)


def same(first, second):
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        pairs = zip(first.items(), second.items(), strict=True)
        return len(first) == len(second) and all(same(a, b) and same(x, y) for (a, x), (b, y) in pairs)
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(same, first, second))
    return repr(first) == repr(second) or first == second


@given(values)
@settings(max_examples=150, deadline=None)
def test_plain_values_survive_with_their_types(value):
    assert same(crossed(value), value)


@pytest.mark.parametrize(
    "value",
    [
        float("inf"), -0.0, collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], maxlen=3),
        collections.defaultdict(list, {"a": [1]}), pathlib.Path("a/b"), range(3), slice(1, None), ..., int, uuid.UUID(int=7),
        decimal.Decimal("1.50"), fractions.Fraction(1, 3), dt.datetime(2024, 1, 1, tzinfo=dt.UTC), np.float64(1.5), np.int32(3),
        np.datetime64("2020-01-01"), np.dtype("f4"), pd.Timestamp("2020", tz="Europe/Berlin"), pd.Timedelta(1, "s"),
    ],
    ids=repr,
)  # fmt: skip
def test_special_values_survive(value):
    found = crossed(value)

    assert type(found) is type(value)
    assert found == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(10.0), np.asfortranarray(np.ones((3, 4))), np.zeros((0, 3)), np.array(["a", "bc"]), np.arange(10)[::2],
        np.array([1, "a", None], dtype=object), np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.array(5),
        np.array([(1, 2)], dtype=np.dtype({"names": ["a", "b"], "formats": ["i1", "i8"], "offsets": [0, 8], "itemsize": 24})),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)  # fmt: skip
def test_arrays_survive_and_can_be_written(array):
    found = crossed(array)

    assert (found.dtype, found.shape, found.flags.writeable) == (array.dtype, array.shape, True)
    np.testing.assert_array_equal(found, array)


def frame():
    return pd.DataFrame(
        {
            "float": [1.5, np.nan, 3.0],
            "text": ["a", None, "c"],
            "day": pd.date_range("2020", periods=3),
            "zoned": pd.date_range("2020", periods=3, tz="Europe/Berlin"),
            "kind": pd.Categorical(["x", "y", "x"], ordered=True),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "object": pd.Series([1, "a", (2,)], dtype=object),
            "period": pd.period_range("2020", periods=3, freq="M"),
            "interval": pd.interval_range(0, 3),
            "sparse": pd.arrays.SparseArray([0, 0, 1]),
        }
    )


@pytest.mark.parametrize(
    "made",
    [
        frame(), frame().set_index(["text", "float"]), frame().iloc[:0], pd.DataFrame(), frame().set_index("day").asfreq("D"),
        frame()[["float"]].T, pd.DataFrame({1: [1], "a": [2]}),
    ],
)  # fmt: skip
def test_frames_keep_every_dtype_and_index(made):
    pd.testing.assert_frame_equal(crossed(made), made, check_freq=True)


def test_sharing_and_cycles_survive():
    shared = [1]
    loop: list = [shared, shared]
    loop.append(loop)

    found = crossed(loop)

    assert found[0] is found[1]
    assert found[2] is found


def test_what_cannot_be_told_apart_is_refused_in_a_message():
    from service_runtime.values import Decoder

    for tree in ({"$": "object", "c": "os:system", "n": []}, {"$": "function", "c": "os:system", "at": ""}):
        with pytest.raises(PermissionError):
            Decoder().decode(tree)


def test_a_message_that_is_nested_too_deeply_is_refused():
    from service_runtime.errors import WireError
    from service_runtime.values import Decoder

    tree: list = []
    for _ in range(500):
        tree = [tree]

    with pytest.raises(WireError):
        Decoder().decode(tree)


TEXTS = {
    "with nothing": pd.Series(["a", None, "ü", ""], dtype=pd.StringDtype("pyarrow", na_value=np.nan)),
    "nullable": pd.Series(["a", None, "ü"], dtype=pd.StringDtype("pyarrow")),
    "a part": pd.Series(["x", "y", "z"], dtype=pd.StringDtype("pyarrow"))[1:],
    "empty": pd.Series([], dtype=pd.StringDtype("pyarrow")),
    "two chunks": pd.concat([pd.Series(["a"], dtype=pd.StringDtype("pyarrow"))] * 2),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_arrow_survive_and_can_be_changed(name):
    made = crossed(TEXTS[name])

    pd.testing.assert_series_equal(made, TEXTS[name])
    if len(made):
        made.iloc[0] = "new"
        assert made.iloc[0] == "new"


def test_texts_of_arrow_can_be_read_without_arrow():
    from service_runtime import frames
    from service_runtime.values import Encoder

    encoder = Encoder()
    tree = frames._arrow_texts(encoder, TEXTS["with nothing"].array, "nan")
    buffers = [None if part is None else encoder.parts[part] for part in tree["b"]]

    assert frames._plain_texts(buffers, tree["l"], None) == ["a", None, "ü", ""]


def test_buffers_that_are_no_texts_are_refused():
    from service_runtime.values import Decoder

    offsets = memoryview(np.array([0, 900], dtype="<i8").tobytes())
    tree = {"$": "extension", "v": {"k": "arrow-str", "na": "nan", "l": 1, "b": [None, 0, 1]}}

    with pytest.raises(ValueError):
        Decoder([offsets, memoryview(b"short")]).decode(tree)


CONFIG = {"a": 1, "b": {"c": "${a}", "d": [1, 2]}, "e": "???"}


def test_a_configuration_crosses_with_its_flags_and_interpolations():
    omegaconf = pytest.importorskip("omegaconf", reason="omegaconf is not installed")
    config = omegaconf.OmegaConf.create(CONFIG, flags={"readonly": True})

    arrived = crossed(config)

    assert type(arrived) is omegaconf.DictConfig
    assert omegaconf.OmegaConf.to_container(arrived) == CONFIG
    assert (arrived.b.c, omegaconf.OmegaConf.is_readonly(arrived), omegaconf.OmegaConf.is_missing(arrived, "e")) == (
        1,
        True,
        True,
    )
    assert crossed(config.b) == {"c": 1, "d": [1, 2]}


def test_a_configuration_that_the_callee_changes_is_changed_at_the_caller():
    omegaconf = pytest.importorskip("omegaconf", reason="omegaconf is not installed")
    from service_runtime.restore import Received, overwrite
    from service_runtime.values import Decoder, Encoder

    config = omegaconf.OmegaConf.create(CONFIG)
    asked = Encoder()
    decoder = Decoder()
    there = decoder.decode(asked.encode(config))
    received = Received(decoder)
    answer = Encoder(received.numbers())
    assert received.changes(answer) == []
    there.b.d.append(3)

    changes = received.changes(answer)
    overwrite(asked, Decoder(arguments=asked.objects), changes)

    assert config.b.d == [1, 2, 3]
    assert omegaconf.OmegaConf.to_container(config)["b"]["c"] == "${a}"
