"""Tensors of the Open Inference Protocol v2, as JSON or with the binary tensor extension, without any array library.

Source:
    KServe, "Open Inference Protocol (V2)", and Triton's extension `binary_tensor_data`.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEADER = "inference-header-content-length"
_FORMATS = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h", "INT32": "i",
    "INT64": "q", "FP16": "e", "FP32": "f", "FP64": "d",
}  # fmt: skip
"""Format character (little-endian) by data type; BYTES is apart."""


class TensorError(ValueError):
    """A request does not say what the protocol asks for."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Values in row-major order."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: Sequence[Any]
    """Numbers, booleans, or text for BYTES; flat."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an inference request asks for."""

    id: str
    inputs: tuple[Tensor, ...]
    wanted: tuple[str, ...] = ()
    """Names of the outputs that are wanted, all when empty."""
    binary: frozenset[str] = frozenset()
    """Outputs to send as bytes; `*` stands for all that are not named otherwise."""


def read_request(body: bytes, header_length: str) -> Request:
    """Return the request in a body.

    Args:
        body: JSON, or JSON of `header_length` bytes followed by the tensors that it announces.
        header_length: Value of the header `Inference-Header-Content-Length`, empty without it.

    Raises:
        TensorError: If it is no request of the protocol.
    """
    try:
        end = int(header_length) if header_length else len(body)
        message = json.loads(body[:end])
        inputs, offset = [], end
        for entry in message["inputs"]:
            size = entry.get("parameters", {}).get("binary_data_size")
            raw = None if size is None else body[offset : offset + size]
            offset += size or 0
            inputs.append(_tensor(entry, raw))
        outputs = message.get("outputs", ())
        binary = {o["name"] for o in outputs if o.get("parameters", {}).get("binary_data")}
        if message.get("parameters", {}).get("binary_data_output"):
            binary |= {"*"}
        return Request(str(message.get("id", "")), tuple(inputs), tuple(o["name"] for o in outputs), frozenset(binary))
    except (KeyError, TypeError, ValueError, AttributeError, struct.error) as error:
        raise (
            error if isinstance(error, TensorError) else TensorError(f"not an inference request: {error!r}")
        ) from error


def write_answer(message: dict[str, Any], outputs: Sequence[Tensor], request: Request) -> tuple[bytes, int]:
    """Return the body of an answer and the length of its JSON part; 0 when all of it is JSON."""
    parts: list[bytes] = []
    entries = []
    for tensor in outputs:
        if request.wanted and tensor.name not in request.wanted:
            continue
        entry: dict[str, Any] = {"name": tensor.name, "datatype": tensor.datatype, "shape": list(tensor.shape)}
        is_binary = tensor.name in request.binary or ("*" in request.binary and tensor.name not in request.wanted)
        if is_binary:
            parts.append(to_bytes(tensor))
            entry["parameters"] = {"binary_data_size": len(parts[-1])}
        else:
            entry["data"] = list(tensor.values)
        entries.append(entry)
    header = json.dumps({**message, "outputs": entries}, allow_nan=True).encode()
    return header + b"".join(parts), len(header) if parts else 0


def tensor_of(name: str, values: Sequence[Any], shape: tuple[int, ...] | None = None) -> Tensor:
    """Return a tensor of Python values; what is no number or text goes as JSON text."""
    kinds = {type(value) for value in values}
    if kinds <= {bool} and values:
        datatype = "BOOL"
    elif kinds <= {int} and values and all(-(2**63) <= v < 2**63 for v in values):
        datatype = "INT64"
    elif kinds <= {int, float} and values:
        datatype = "FP64"
    else:
        datatype = "BYTES"
        values = [value if isinstance(value, str) else json.dumps(value, default=str) for value in values]
    return Tensor(name, datatype, shape or (len(values),), values)


def to_bytes(tensor: Tensor) -> bytes:
    """Return the values as the binary extension sends them."""
    if tensor.datatype != "BYTES":
        return struct.pack(f"<{len(tensor.values)}{_FORMATS[tensor.datatype]}", *tensor.values)
    texts = [value.encode() if isinstance(value, str) else bytes(value) for value in tensor.values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def nested(tensor: Tensor) -> Any:
    """Return the values as nested lists of the tensor's shape."""
    values: list[Any] = list(tensor.values)
    for size in reversed(tensor.shape[1:]):
        values = [values[i : i + size] for i in range(0, len(values), size)] if size else []
    return values


def _tensor(entry: dict[str, Any], raw: bytes | None) -> Tensor:
    name, datatype, shape = str(entry["name"]), str(entry["datatype"]), tuple(int(size) for size in entry["shape"])
    if datatype != "BYTES" and datatype not in _FORMATS:
        raise TensorError(f"`{name}`: unknown datatype {datatype}")
    values = _flat(entry["data"]) if raw is None else _from_bytes(datatype, raw)
    if len(values) != math.prod(shape):
        raise TensorError(f"`{name}`: {len(values)} values for shape {list(shape)}")
    return Tensor(name, datatype, shape, values)


def _flat(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise TensorError("`data` is no list")
    if data and isinstance(data[0], list):
        return [value for row in data for value in _flat(row)]
    return data


def _from_bytes(datatype: str, raw: bytes) -> Sequence[Any]:
    if datatype != "BYTES":
        letter = _FORMATS[datatype]
        return struct.unpack(f"<{len(raw) // struct.calcsize(letter)}{letter}", raw)
    texts, offset = [], 0
    while offset < len(raw):
        (size,) = struct.unpack_from("<I", raw, offset)
        texts.append(raw[offset + 4 : offset + 4 + size].decode())
        offset += 4 + size
    return texts
