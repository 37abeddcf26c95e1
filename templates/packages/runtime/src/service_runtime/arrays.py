"""numpy arrays and scalars: raw bytes in C or Fortran order with the dtype beside them, never pickled."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from service_runtime.values import TAG, Decoder, Encode, Encoder, decoders
from service_runtime.wire import Part


def family(kind: type[Any]) -> Encode | None:
    """Return the encoder of a numpy type, `None` for other types."""
    if kind is np.ndarray:
        return _encode_array
    if issubclass(kind, np.generic):
        return _encode_scalar
    if issubclass(kind, np.dtype):
        return lambda encoder, value: {TAG: "dtype", "v": dtype_tree(value)}
    return None


def dtype_tree(dtype: np.dtype[Any]) -> Any:
    """Return a JSON tree from which `dtype_from` builds the dtype again."""
    if dtype.names is None:
        return dtype.str if dtype.subdtype is None else [dtype_tree(dtype.subdtype[0]), list(dtype.shape)]
    fields = [dtype.fields[name] for name in dtype.names] if dtype.fields else []
    formats, offsets = [dtype_tree(field[0]) for field in fields], [field[1] for field in fields]
    return {"names": list(dtype.names), "formats": formats, "offsets": offsets, "itemsize": dtype.itemsize}


def dtype_from(tree: Any) -> np.dtype[Any]:
    """Return the dtype of a JSON tree."""
    if isinstance(tree, str):
        return np.dtype(tree)
    if isinstance(tree, list):
        return np.dtype((dtype_from(tree[0]), tuple(tree[1])))
    made: np.dtype[Any] = np.dtype(tree | {"formats": [dtype_from(item) for item in tree["formats"]]})
    return made


def raw(array: np.ndarray[Any, Any]) -> Part:
    """Return the bytes of a contiguous array without copying them where the dtype allows that."""
    flat = array.reshape(-1, order="A")
    return flat.view(np.uint8).data if flat.size else b""


def _encode_array(encoder: Encoder, value: np.ndarray[Any, Any]) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    tree: dict[str, Any] = {TAG: "ndarray", "s": list(value.shape)}
    if value.dtype.hasobject:
        return tree | {"d": "|O", "v": [encoder.encode(item) for item in value.ravel(order="C").tolist()]}
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    solid = value if value.flags.forc else np.ascontiguousarray(value)
    return tree | {"d": dtype_tree(value.dtype), "o": order, "p": encoder.part(raw(solid))}


def _decode_array(decoder: Decoder, tree: dict[str, Any]) -> np.ndarray[Any, Any]:
    slot = decoder.reserve()
    if "v" in tree:
        array = np.empty(len(tree["v"]), dtype=object)
        for index, item in enumerate(tree["v"]):
            array[index] = decoder.decode(item)
        array = array.reshape(tree["s"])
    else:
        source = decoder.parts[tree["p"]]
        shared = (
            np.frombuffer(source, dtype=dtype_from(tree["d"])) if len(source) else np.empty(0, dtype_from(tree["d"]))
        )
        array = shared.reshape(tree["s"], order=tree["o"]).copy(order="K")
        decoder.sources[slot] = source
    decoder.objects[slot] = array
    return array


def _encode_scalar(encoder: Encoder, value: np.generic) -> Any:
    if value.dtype.kind in "biu":
        return {TAG: "scalar", "d": value.dtype.str, "v": value.item()}
    return {TAG: "scalar", "d": dtype_tree(value.dtype), "b": base64.b64encode(value.tobytes()).decode()}


def _decode_scalar(decoder: Decoder, tree: dict[str, Any]) -> Any:
    dtype = dtype_from(tree["d"])
    if "v" in tree:
        return dtype.type(tree["v"])
    content = base64.b64decode(tree["b"])
    return np.frombuffer(content, dtype=dtype)[0] if content else dtype.type()


decoders.update(
    {
        "ndarray": _decode_array,
        "scalar": _decode_scalar,
        "dtype": lambda decoder, tree: dtype_from(tree["v"]),
    }
)
