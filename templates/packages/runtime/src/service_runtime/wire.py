"""Bytes of a message: JSON alone, or a JSON header followed by binary parts when arrays or frames are in it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any

from service_runtime.errors import WireError

JSON = "application/json"
FRAMES = "application/vnd.service.frames"
STREAM = "application/vnd.service.stream"

_MAGIC = b"SVC1"
_HEAD = struct.Struct("<4sI")
_ALIGNMENT = 64
_text = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode

Part = bytes | bytearray | memoryview


def pack(message: Any, parts: list[Part]) -> tuple[str, list[Part]]:
    """Return the content type and the chunks of a message.

    Source:
        Layout: magic, header length (u32, little-endian), header `{"message", "parts": [sizes]}`, then each part at a
        multiple of 64 bytes.
    """
    if not parts:
        return JSON, [_text(message).encode()]
    sizes = [memoryview(part).nbytes for part in parts]
    header = _text({"message": message, "parts": sizes}).encode()
    chunks: list[Part] = [_HEAD.pack(_MAGIC, len(header)), header]
    chunks.append(_padding(_HEAD.size + len(header)))
    for part, size in zip(parts, sizes, strict=True):
        chunks += [part, _padding(size)]
    return FRAMES, [chunk for chunk in chunks if len(chunk)]


def unpack(content_type: str, body: bytes | memoryview) -> tuple[Any, list[memoryview]]:
    """Return the message and its binary parts, which are views of `body`.

    Raises:
        WireError: If the bytes are not such a message.
    """
    try:
        if content_type.startswith(JSON):
            return _read_json(body), []
        if content_type.startswith(FRAMES):
            return _unpack_frames(memoryview(body))
    except (ValueError, KeyError, TypeError, struct.error, RecursionError) as error:
        raise WireError(f"unreadable message: {error}") from error
    raise WireError(f"content type `{content_type[:80]}` is neither `{JSON}` nor `{FRAMES}`")


def _read_json(text: bytes | memoryview) -> Any:
    return _JSON.decode(str(text, "utf-8"))


def _no_number(word: str) -> Any:
    raise ValueError(f"`{word}` is no JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)


def size_of(chunks: Iterable[Part]) -> int:
    """Return the total size of the chunks, in bytes."""
    return sum(memoryview(chunk).nbytes for chunk in chunks)


def _unpack_frames(body: memoryview) -> tuple[Any, list[memoryview]]:
    magic, length = _HEAD.unpack_from(body)
    if magic != _MAGIC:
        raise WireError("wrong magic bytes")
    header = _read_json(body[_HEAD.size : _HEAD.size + length])
    offset = _HEAD.size + length
    parts = []
    for size in header["parts"]:
        offset += -offset % _ALIGNMENT
        if not 0 <= size <= len(body) - offset:
            raise WireError("a part is longer than the message")
        parts.append(body[offset : offset + size])
        offset += size
    return header["message"], parts


def _padding(size: int) -> bytes:
    return bytes(-size % _ALIGNMENT)
