"""pandas frames, series and indexes: one binary part a column, dtype by dtype, exact without pyarrow.

A column whose dtype is not known here is refused, not approximated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from service_runtime.arrays import dtype_from, dtype_tree, raw
from service_runtime.errors import NotTransferable
from service_runtime.values import TAG, Decoder, Encode, Encoder, decoders

_SEPARATORS = ("\x00", "\x1f", "\ue000")


def family(kind: type[Any]) -> Encode | None:
    """Return the encoder of a pandas type, `None` for other types."""
    if kind is pd.DataFrame:
        return _encode_frame
    if kind is pd.Series:
        return _encode_series
    if issubclass(kind, pd.Index):
        return _encode_index
    if issubclass(kind, pd.api.extensions.ExtensionArray):
        return lambda encoder, value: {TAG: "extension", "v": _column(encoder, value)}
    if kind is pd.Timestamp:
        return _encode_timestamp
    if kind is pd.Timedelta:
        return lambda encoder, value: {TAG: "pd.timedelta", "v": int(value.asm8.astype("i8")), "u": value.unit}
    if kind is type(pd.NaT):
        return lambda encoder, value: {TAG: "NaT"}
    if kind is type(pd.NA):
        return lambda encoder, value: {TAG: "NA"}
    if kind is pd.Interval:
        return _encode_interval
    if kind is pd.Period:
        return lambda encoder, value: {TAG: "period", "v": value.ordinal, "f": value.freqstr}
    if issubclass(kind, pd.api.extensions.ExtensionDtype):
        return _encode_dtype
    return None


def _encode_frame(encoder: Encoder, value: pd.DataFrame) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    columns = [_column(encoder, value._get_column_array(i)) for i in range(value.shape[1])]
    tree = {TAG: "frame", "i": _index(encoder, value.index), "c": _index(encoder, value.columns), "v": columns}
    if value.attrs:
        tree["a"] = encoder.encode(value.attrs)
    return tree


def _decode_frame(decoder: Decoder, tree: dict[str, Any]) -> pd.DataFrame:
    slot = decoder.reserve()
    index, columns = _index_from(decoder, tree["i"]), _index_from(decoder, tree["c"])
    arrays = [_column_from(decoder, column) for column in tree["v"]]
    frame = _assemble(arrays, index)
    frame.columns = columns
    if "a" in tree:
        frame.attrs = decoder.decode(tree["a"])
    decoder.objects[slot] = frame
    return frame


def _assemble(arrays: list[Any], index: pd.Index) -> pd.DataFrame:
    """Build a frame with one block a dtype, as a frame that was read from a file has."""
    if not arrays:
        return pd.DataFrame(index=index)
    series = {i: pd.Series(array, index=index, copy=False, dtype=array.dtype) for i, array in enumerate(arrays)}
    return pd.DataFrame(series, index=index, copy=False)


def _encode_series(encoder: Encoder, value: pd.Series) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    tree = {TAG: "series", "i": _index(encoder, value.index), "v": _column(encoder, value.array)}
    tree["n"] = encoder.encode(value.name)
    if value.attrs:
        tree["a"] = encoder.encode(value.attrs)
    return tree


def _decode_series(decoder: Decoder, tree: dict[str, Any]) -> pd.Series:
    slot = decoder.reserve()
    index = _index_from(decoder, tree["i"])
    array = _column_from(decoder, tree["v"])
    series = pd.Series(array, index=index, dtype=array.dtype, name=decoder.decode(tree["n"]), copy=False)
    if "a" in tree:
        series.attrs = decoder.decode(tree["a"])
    decoder.objects[slot] = series
    return series


def _encode_index(encoder: Encoder, value: pd.Index) -> Any:
    return {TAG: "index", "v": _index(encoder, value)}


def _index(encoder: Encoder, value: pd.Index) -> dict[str, Any]:
    names = [encoder.encode(name) for name in value.names]
    if isinstance(value, pd.RangeIndex):
        return {"k": "range", "v": [value.start, value.stop, value.step], "n": names}
    if isinstance(value, pd.MultiIndex):
        levels = [_index(encoder, level) for level in value.levels]
        codes = [_column(encoder, np.asarray(codes)) for codes in value.codes]
        return {"k": "multi", "v": levels, "c": codes, "n": names}
    tree = {"k": "plain", "v": _column(encoder, value.array), "n": names}
    if isinstance(value, (pd.DatetimeIndex, pd.TimedeltaIndex)) and value.freq is not None:
        tree["f"] = value.freqstr
    return tree


def _index_from(decoder: Decoder, tree: dict[str, Any]) -> pd.Index:
    names = [decoder.decode(name) for name in tree["n"]]
    if tree["k"] == "range":
        return pd.RangeIndex(*tree["v"], name=names[0])
    if tree["k"] == "multi":
        levels = [_index_from(decoder, level) for level in tree["v"]]
        codes = [_column_from(decoder, column) for column in tree["c"]]
        return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=False)
    array = _column_from(decoder, tree["v"])
    index = pd.Index(array, name=names[0], dtype=array.dtype, tupleize_cols=False)
    if "f" in tree:
        index.freq = tree["f"]
    return index


def _column(encoder: Encoder, value: Any) -> dict[str, Any]:
    """Return the tree of one column, which is a numpy array or a pandas extension array."""
    if isinstance(value.dtype, np.dtype) or type(value) is pd.arrays.NumpyExtensionArray:
        return _numpy_column(encoder, np.asarray(value))
    dtype = value.dtype
    if isinstance(dtype, pd.StringDtype):
        na = "nan" if dtype.na_value is np.nan else "NA"  # noqa: PLW0177  (identity, as pandas itself tells them apart)
        if dtype.storage == "pyarrow":
            return _arrow_texts(encoder, value, na)
        return {"k": "str", "na": na, "st": dtype.storage} | _texts(encoder, np.asarray(value.astype(object)))
    if isinstance(dtype, pd.CategoricalDtype):
        codes = _numpy_column(encoder, np.asarray(value.codes))
        return {"k": "category", "c": codes, "v": _index(encoder, value.categories), "o": bool(value.ordered)}
    if isinstance(dtype, pd.DatetimeTZDtype):
        stamps = np.asarray(value.tz_convert("UTC").tz_localize(None))
        return {"k": "zoned", "v": _numpy_column(encoder, stamps), "z": encoder.encode(value.tz)}
    if hasattr(value, "_mask") and hasattr(value, "_data"):
        mask = _numpy_column(encoder, value._mask)
        return {"k": "masked", "d": dtype.name, "v": _numpy_column(encoder, value._data), "m": mask}
    if isinstance(dtype, pd.PeriodDtype):
        return {"k": "period", "v": _numpy_column(encoder, value.asi8), "f": dtype.name}
    if isinstance(dtype, pd.IntervalDtype):
        sides = [_column(encoder, pd.Series(side).array) for side in (value.left, value.right)]
        return {"k": "interval", "v": sides, "c": value.closed}
    if isinstance(dtype, pd.SparseDtype):
        filled = encoder.encode(dtype.fill_value)
        return {"k": "sparse", "v": _numpy_column(encoder, np.asarray(value)), "f": filled, "d": dtype.subtype.str}
    return _arrow_column(encoder, value)


def _column_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    return _columns_by_kind[tree["k"]](decoder, tree)


def _numpy_column(encoder: Encoder, value: np.ndarray[Any, Any]) -> dict[str, Any]:
    if value.dtype.hasobject:
        return _object_column(encoder, value)
    return {"k": "numpy", "d": dtype_tree(value.dtype), "p": encoder.part(raw(np.ascontiguousarray(value)))}


def _numpy_from(decoder: Decoder, tree: dict[str, Any]) -> np.ndarray[Any, Any]:
    source, dtype = decoder.parts[tree["p"]], dtype_from(tree["d"])
    return np.frombuffer(source, dtype=dtype).copy() if len(source) else np.empty(0, dtype=dtype)


def _object_column(encoder: Encoder, value: np.ndarray[Any, Any]) -> dict[str, Any]:
    if len(value) and set(map(type, value.tolist())) <= {str, type(None)}:
        return {"k": "object-str"} | _texts(encoder, value)
    return {"k": "object", "v": [encoder.encode(item) for item in value.tolist()]}


def _object_from(decoder: Decoder, tree: dict[str, Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(tree["v"]), dtype=object)
    for index, item in enumerate(tree["v"]):
        array[index] = decoder.decode(item)
    return array


def _texts(encoder: Encoder, value: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return texts as one part, joined by a character that none of them holds; positions without a text apart."""
    items = value.tolist()
    missing: list[int] = []
    try:
        joined = "\x00".join(items)
    except TypeError:
        missing = [i for i, item in enumerate(items) if not isinstance(item, str)]
        items = [item if isinstance(item, str) else "" for item in items]
        joined = "\x00".join(items)
    for separator in _SEPARATORS:
        joined = joined if separator == "\x00" else separator.join(items)
        if joined.count(separator) == max(0, len(items) - 1):
            content = joined.encode("utf-8", "surrogatepass")
            return {"p": encoder.part(content), "s": separator, "l": len(items), "x": missing}
    return {"t": items, "l": len(items), "x": missing}


def _texts_from(decoder: Decoder, tree: dict[str, Any], missing: Any) -> np.ndarray[Any, Any]:
    if "t" in tree:
        items: list[Any] = list(tree["t"])
    elif not tree["l"]:
        items = []
    else:
        items = str(decoder.parts[tree["p"]], "utf-8", "surrogatepass").split(tree["s"])
    array = np.empty(tree["l"], dtype=object)
    array[:] = items
    array[tree["x"]] = missing
    return array


def _text_type(storage: str, na: Any) -> Any:
    """Return the type of text columns; before pandas 2.3 the storage alone says what stands for a missing one."""
    try:
        return pd.StringDtype(storage=storage, na_value=na)
    except TypeError:
        return pd.StringDtype(storage=storage)


def _string_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    na = np.nan if tree["na"] == "nan" else pd.NA
    try:
        dtype = _text_type(tree["st"], na)
    except ImportError:
        dtype = _text_type("python", na)
    return pd.array(_texts_from(decoder, tree, na), dtype=dtype)


def _arrow_texts(encoder: Encoder, value: Any, na: str) -> dict[str, Any]:
    """Return texts that Arrow holds as its own three buffers: which are there, where each begins, and all of them."""
    import pyarrow as pa  # noqa: PLC0415  (the column is one of its)

    array = value.__arrow_array__()
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    array = array.cast(pa.large_string())
    array = array if not array.offset else pa.array(array.to_pylist(), pa.large_string())
    parts = [None if buffer is None else encoder.part(memoryview(buffer)) for buffer in array.buffers()]
    return {"k": "arrow-str", "na": na, "l": len(array), "b": parts}


def _arrow_texts_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    na = np.nan if tree["na"] == "nan" else pd.NA
    buffers = [None if part is None else decoder.parts[part] for part in tree["b"]]
    try:
        import pyarrow as pa  # noqa: PLC0415

        dtype = _text_type("pyarrow", na)
    except ImportError:
        return pd.array(_plain_texts(buffers, tree["l"], na), dtype=_text_type("python", na))
    held = [None if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    array = pa.Array.from_buffers(pa.large_string(), tree["l"], held)
    array.validate(full=True)
    made = dtype.construct_array_type()
    options = {"dtype": dtype} if "dtype" in made.__init__.__code__.co_varnames else {}  # pandas 2 tells by the class
    return made(pa.chunked_array([array]), **options)


def _plain_texts(buffers: list[Any], length: int, missing: Any) -> list[Any]:
    """Read Arrow's buffers without Arrow."""
    starts = np.frombuffer(buffers[1], dtype="<i8") if buffers[1] is not None else np.zeros(1, "<i8")
    data = bytes(buffers[2] or b"")
    here = None if buffers[0] is None else np.unpackbits(np.frombuffer(buffers[0], "u1"), bitorder="little")
    return [
        missing if here is not None and not here[i] else data[starts[i] : starts[i + 1]].decode() for i in range(length)
    ]


def _category_from(decoder: Decoder, tree: dict[str, Any]) -> pd.Categorical:
    codes = _numpy_from(decoder, tree["c"])
    return pd.Categorical.from_codes(codes, categories=_index_from(decoder, tree["v"]), ordered=tree["o"])


def _zoned_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    return (
        pd.DatetimeIndex(_numpy_from(decoder, tree["v"])).tz_localize("UTC").tz_convert(decoder.decode(tree["z"])).array
    )


def _masked_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    dtype = pd.api.types.pandas_dtype(tree["d"])
    made = dtype.construct_array_type()
    return made(_numpy_from(decoder, tree["v"]), _numpy_from(decoder, tree["m"]))


def _period_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    return pd.arrays.PeriodArray(_numpy_from(decoder, tree["v"]), dtype=pd.api.types.pandas_dtype(tree["f"]))


def _interval_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    left, right = (_column_from(decoder, side) for side in tree["v"])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=tree["c"])


def _sparse_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    dtype = pd.SparseDtype(np.dtype(tree["d"]), decoder.decode(tree["f"]))
    return pd.arrays.SparseArray(_numpy_from(decoder, tree["v"]), dtype=dtype)


def _arrow_column(encoder: Encoder, value: Any) -> dict[str, Any]:
    if not isinstance(value.dtype, getattr(pd, "ArrowDtype", ())):
        raise NotTransferable(f"a pandas column of dtype `{value.dtype}` cannot cross between services")
    import pyarrow as pa  # noqa: PLC0415  (only where such a column exists)

    batch = pa.table({"v": value.__arrow_array__()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_table(batch)
    return {"k": "arrow", "p": encoder.part(memoryview(sink.getvalue()))}


def _arrow_from(decoder: Decoder, tree: dict[str, Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    column = pa.ipc.open_stream(decoder.parts[tree["p"]]).read_all().column(0)
    return pd.arrays.ArrowExtensionArray(column)


def _encode_timestamp(encoder: Encoder, value: pd.Timestamp) -> Any:
    stamp = value.tz_convert("UTC").tz_localize(None) if value.tz is not None else value
    tree = {TAG: "timestamp", "v": int(stamp.asm8.astype("i8")), "u": value.unit, "f": value.fold}
    return tree | ({"z": encoder.encode(value.tz)} if value.tz is not None else {})


def _decode_timestamp(decoder: Decoder, tree: dict[str, Any]) -> Any:
    stamp = pd.Timestamp(np.datetime64(tree["v"], tree["u"]))
    return stamp.tz_localize("UTC").tz_convert(decoder.decode(tree["z"])) if "z" in tree else stamp


def _encode_interval(encoder: Encoder, value: pd.Interval) -> Any:
    return {TAG: "interval", "v": [encoder.encode(value.left), encoder.encode(value.right)], "c": value.closed}


def _encode_dtype(encoder: Encoder, value: Any) -> Any:
    empty = pd.array([], dtype=value)
    return {TAG: "pd.dtype", "v": _column(encoder, empty)}


_columns_by_kind: dict[str, Any] = {
    "numpy": _numpy_from,
    "str": _string_from,
    "arrow-str": _arrow_texts_from,
    "object-str": lambda decoder, tree: _texts_from(decoder, tree, None),
    "object": _object_from,
    "category": _category_from,
    "zoned": _zoned_from,
    "masked": _masked_from,
    "period": _period_from,
    "interval": _interval_from,
    "sparse": _sparse_from,
    "arrow": _arrow_from,
}

decoders.update(
    {
        "frame": _decode_frame,
        "series": _decode_series,
        "index": lambda decoder, tree: _index_from(decoder, tree["v"]),
        "extension": lambda decoder, tree: _column_from(decoder, tree["v"]),
        "timestamp": _decode_timestamp,
        "pd.timedelta": lambda decoder, tree: pd.Timedelta(np.timedelta64(tree["v"], tree["u"])),
        "NaT": lambda decoder, tree: pd.NaT,
        "NA": lambda decoder, tree: pd.NA,
        "interval": lambda decoder, tree: pd.Interval(*[decoder.decode(v) for v in tree["v"]], closed=tree["c"]),
        "period": lambda decoder, tree: pd.Period(ordinal=tree["v"], freq=tree["f"]),
        "pd.dtype": lambda decoder, tree: _column_from(decoder, tree["v"]).dtype,
    }
)
