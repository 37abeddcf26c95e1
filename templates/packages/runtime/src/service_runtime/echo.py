"""What the called code prints, logs and warns, carried back so that terminal and tests see it as before."""

from __future__ import annotations

import contextlib
import importlib
import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, TextIO

LIMIT = 10_000
"""Entries that one answer carries back; what comes after stays in the service's own log, and the caller is told."""
NEAR = 50
"""Entries back to which a warning is looked for that is given once more: it is counted there."""

sink: ContextVar[list[list[Any]] | None] = ContextVar("sink", default=None)
_programs: list[list[list[Any]]] = []
"""Sinks of the programs that run here: what a thread of no call prints belongs to the one that was started last."""
is_muted: ContextVar[bool] = ContextVar("is_muted", default=False)
"""Whether nobody wants to see what the called code prints, as it is printed here too."""


def install() -> None:
    """Watch prints, log records and warnings of this process from now on."""
    sys.stdout = _Tee(sys.stdout, "out")
    sys.stderr = _Tee(sys.stderr, "err")
    logging.getLogger().addHandler(_Records())
    warnings.simplefilter("always")
    shown = warnings.showwarning

    def show(
        message: Any, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        if not _note("warning", f"{category.__module__}:{category.__qualname__}", str(message), filename, lineno):
            shown(message, category, filename, lineno, file, line)

    warnings.showwarning = show


def replay(entries: Iterable[list[Any]]) -> None:
    """Print, log and warn here what happened in the service."""
    for entry in () if is_muted.get() else entries:
        kind, *rest = entry
        if kind == "out":
            sys.stdout.write(rest[0])
        elif kind == "err":
            sys.stderr.write(rest[0])
        elif kind == "log":
            _replay_record(*rest)
        elif kind == "warning":
            _replay_warning(*rest)


def _replay_record(name: str, level: int, message: str, path: str, line: int, function: str) -> None:
    logger = logging.getLogger(name)
    if logger.isEnabledFor(level):
        logger.handle(logger.makeRecord(name, level, path, line, message, (), None, function))


def _replay_warning(category: str, message: str, filename: str, lineno: int, times: int = 1) -> None:
    module, _, name = category.partition(":")
    known = sys.modules.get(module) or (importlib.import_module(module) if module in sys.stdlib_module_names else None)
    found = getattr(known, name, UserWarning)
    is_warning = isinstance(found, type) and issubclass(found, Warning)
    for _ in range(times):
        warnings.warn_explicit(message, found if is_warning else UserWarning, filename, lineno)


@contextlib.contextmanager
def for_program() -> Iterator[None]:
    """Carry back what threads of a program print as well; child processes print into the service's own log."""
    entries = sink.get()
    if entries is None:
        yield
        return
    _programs.append(entries)
    try:
        yield
    finally:
        _programs.remove(entries)


def _current() -> list[list[Any]] | None:
    entries = sink.get()
    return _programs[-1] if entries is None and _programs else entries


def _note(*entry: Any) -> bool:
    entries = _current()
    if entries is None:
        return False
    if entry[0] in ("out", "err") and entries and entries[-1][0] == entry[0]:
        entries[-1][1] += entry[1] if len(entries) <= LIMIT else ""
    elif entry[0] == "warning" and (known := _given_before(entries, entry)) is not None:
        known[-1] += 1
    elif len(entries) < LIMIT:
        entries.append([*entry, 1] if entry[0] == "warning" else list(entry))
    elif len(entries) == LIMIT:
        entries.append(["err", "… what is printed and logged from here on is in the log of the service alone\n"])
    return True


def _given_before(entries: list[list[Any]], warning: tuple[Any, ...]) -> list[Any] | None:
    return next((e for e in entries[-NEAR:] if e[0] == "warning" and e[1:-1] == list(warning[1:])), None)


class _Tee:
    def __init__(self, stream: TextIO, kind: str) -> None:
        self._stream = stream
        self._kind = kind

    def write(self, text: str) -> int:
        if text:
            _note(self._kind, text)
        return self._stream.write(text)

    @property
    def buffer(self) -> _Bytes:
        return _Bytes(self._stream, self._kind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Bytes:
    """The binary side of a stream: what is written there is text for whoever reads it."""

    def __init__(self, stream: TextIO, kind: str) -> None:
        self._stream = stream
        self._kind = kind

    def write(self, data: bytes) -> int:
        _note(self._kind, str(data, self._stream.encoding or "utf-8", "replace"))
        return self._stream.buffer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream.buffer, name)


class _Records(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if _current() is not None and not record.name.startswith(("service", "uvicorn")):
            message = record.getMessage()
            if record.exc_info:
                message += "\n" + logging.Formatter().formatException(record.exc_info)
            _note("log", record.name, record.levelno, message, record.pathname, record.lineno, record.funcName)
