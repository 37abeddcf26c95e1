"""Makes recorded calls again and writes down what comes back: `python -m decompose_probe.replay`.

Runs once in the plain tree and once in the tree with facades; the calls, their order and the files around are the same.
"""

from __future__ import annotations

import importlib
import inspect
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from . import calls
from .places import shorten, type_name

_MOST_ITEMS = 1000


class Replay:
    """Objects made so far, by their recorded number."""

    def __init__(self, spec: calls.Spec) -> None:
        self.spec = spec
        self.objects: dict[int, Any] = {}
        self.known: set[int] = set()
        self.returned = calls.returned_objects(calls.read(spec.calls))
        self.attributes = calls.attributes_of(calls.read(spec.calls))
        self.classes = {
            symbol.replace(":", ".")
            for names in spec.operations.values()
            for name, symbol in names.items()
            if any(other.startswith(name + ".") for other in names)
        }

    def make(self, call: calls.Call) -> dict[str, Any]:
        """Return what came of one call: outcome, value, the arguments after it, and the state of its object."""
        outcome = self._made(call)
        number = call.receiver or call.made or self.returned.get(call.number, 0)
        if outcome["kind"] in ("value", "raise") and number in self.objects:
            outcome["state"] = self._dump(self._state(self.objects[number], self.attributes.get(number, [])))
        return outcome

    def _state(self, owner: object, names: list[str]) -> tuple[dict[str, object], list[str]]:
        """Return the attributes that an object has, as a caller sees them, and the names of those that it keeps."""
        found: dict[str, object] = {}
        kept: list[str] = []
        for name in names:
            try:
                found[name] = getattr(owner, name)
            except AttributeError:
                continue
            except Exception:  # its service cannot send it
                kept.append(name)
        kept += [name for name, value in found.items() if type_name(value).startswith("service_runtime.")]
        return {name: value for name, value in found.items() if name not in kept}, kept

    def _made(self, call: calls.Call) -> dict[str, Any]:
        try:
            args, kwargs = calls.load_with_handles(call.payload, self._resolve)
            target = self._target(call)
        except Exception as error:  # anything the user's classes raise
            return _outcome("lost", f"{type(error).__name__}: {error}")
        try:
            with _alarm(self.spec.timeout_s):
                value = target(*args, **kwargs)
                if inspect.isgenerator(value) or type_name(value) in ("map", "filter", "zip"):
                    value = ("iterator", list(islice(value, _MOST_ITEMS)))
        except _TimeoutError:
            return _outcome("timeout", f"no answer after {self.spec.timeout_s} s")
        except (Exception, SystemExit) as error:  # the behaviour that is compared
            return self._raised(error, (args, kwargs))
        made = call.made or self.returned.get(call.number, 0)
        if made:
            self.objects[made] = value
            value = ("made", type_name(value))
        elif call.receiver and value is self.objects.get(call.receiver):
            value = ("self",)
        return self._returned(value, (args, kwargs))

    def _target(self, call: calls.Call) -> Any:
        if call.receiver:
            owner, name = self.objects[call.receiver], call.name.rpartition(".")[2]
            return partial(getattr, owner, name) if call.is_read else getattr(owner, name)
        value: Any = importlib.import_module(call.module)
        for part in call.name.split("."):
            value = getattr(value, part)
        return value

    def _resolve(self, number: Any) -> object:
        return self.objects[number]

    def _handle(self, value: object) -> object:
        """Return the stand-in for an object that stays where it was made."""
        name = type_name(value)
        return ("handle", name) if name in self.classes or id(value) in self.known else None

    def _returned(self, value: object, after: tuple[Any, Any]) -> dict[str, Any]:
        return _outcome("value", self._dump(value), self._dump(after))

    def _raised(self, error: BaseException, after: tuple[Any, Any]) -> dict[str, Any]:
        return _outcome("raise", self._dump((type_name(error), list(error.args))), self._dump(after))

    def _dump(self, value: object) -> bytes:
        self.known = {id(made) for made in self.objects.values()}
        try:
            return calls.dump_with_handles(value, self._handle)
        except Exception:  # what cannot be pickled is compared by its printed form
            return calls.dump_with_handles(("printed", type_name(value), shorten(value, 2000)), lambda _: None)


def _outcome(kind: str, value: object, after: object = b"") -> dict[str, Any]:
    return {"kind": kind, "value": value, "after": after}


class _TimeoutError(Exception):
    """One call took too long."""


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """Give up what runs inside after some seconds, where the platform can."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise _TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> None:
    """Replay every call of the specification."""
    spec = calls.read_spec()
    sys.path[:] = [p for p in sys.path if p not in ("", os.getcwd())]  # noqa: PTH109
    replay = Replay(spec)
    for record in calls.read(spec.calls):
        if isinstance(record, list):
            calls.make_importable(spec.root, record)
        if isinstance(record, tuple):
            call = calls.Call(*record)
            calls.append(spec.output, {"number": call.number, **replay.make(call)})


if __name__ == "__main__":
    main()
