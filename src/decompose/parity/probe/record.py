"""Runs a command and records the calls that cross the planned boundaries: `python -m decompose_probe.record -m pytest`.

Functions and methods are wrapped as soon as their module has been imported, before anybody can take a reference.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import os
import runpy
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from . import calls


class Operation(NamedTuple):
    """One operation, as it is found in its module."""

    symbol: str
    module: str
    """Name under which the module was imported."""
    name: str
    """Name inside the module: `fit`, `Class`, `Class.method`."""
    is_read: bool = False
    """Whether it is a property."""


class Recorder:
    """Writes down calls until each operation has had enough of them."""

    def __init__(self, spec: calls.Spec) -> None:
        self.spec = spec
        self.seen: Counter[str] = Counter()
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self.skipped: Counter[tuple[str, str]] = Counter()
        self.objects: list[object] = []
        self.attributes: dict[int, set[str]] = {}
        self.numbers: dict[int, int] = {}
        self.modules: set[str] = set()
        self.lock = threading.RLock()
        self.count, self.first_object = _continued(spec.calls)

    def note(self, operation: Operation, arguments: tuple[Any, Any], *, on: object = None, made: object = None) -> int:
        """Record one call, before it is made, and return its number; 0 when it is not recorded.

        Args:
            operation: What is called.
            arguments: Positional and keyword arguments.
            on: The object whose method it is.
            made: The object that a constructor is about to fill.
        """
        symbol = operation.symbol
        with self.lock:
            is_slow = self.spent_s[symbol] >= self.spec.seconds
            if self.seen[symbol] >= self.spec.limit or is_slow:
                self.skipped[symbol, "more calls than are recorded"] += 1
                return 0
            receiver = self.numbers.get(id(on), 0) if on is not None else 0
            if on is not None and not receiver:
                self.skipped[symbol, "called on an object that was not made by a recorded call"] += 1
                return 0
            payload = self._dump(symbol, arguments)
            if payload is None:
                return 0
            number = self._remember(made) if made is not None else 0
            self.seen[symbol] += 1
            self.count += 1
            call = calls.Call(self.count, symbol, operation.module, operation.name, receiver, number, payload)
            calls.append(self.spec.calls, call._replace(is_read=operation.is_read))
            return self.count

    def note_result(self, number: int, result: object) -> None:
        """Remember an object of the moved code that a recorded call gave back, so that later calls can refer to it."""
        with self.lock:
            if number and type(result).__module__ in self.modules and id(result) not in self.numbers:
                calls.append(self.spec.calls, {"call": number, "object": self._remember(result)})

    def note_state(self, owner: object) -> None:
        """Remember which attributes of a numbered object hold plain data, so that a replay can compare them."""
        with self.lock:
            number = self.numbers.get(id(owner), 0)
            known = self.attributes.setdefault(number, set())
            state = dict(getattr(owner, "__dict__", {})) if number else {}
            fresh = sorted(n for n in state.keys() - known if not n.startswith("_") and calls.is_plain(state[n]))
            if fresh:
                known.update(fresh)
                calls.append(self.spec.calls, {"of": number, "attributes": fresh})

    def _dump(self, symbol: str, arguments: tuple[Any, Any]) -> bytes | None:
        try:
            payload = calls.dump_with_handles(arguments, lambda value: self.numbers.get(id(value)))
        except Exception as error:  # whatever the user's objects raise
            self.skipped[symbol, f"arguments cannot be recorded: {type(error).__name__}"] += 1
            return None
        if len(payload) > self.spec.max_bytes:
            self.skipped[symbol, f"arguments of more than {self.spec.max_bytes} bytes"] += 1
            return None
        return payload

    def _remember(self, made: object) -> int:
        """Number an object; it is kept alive, so that its identity is never used again."""
        self.objects.append(made)
        self.numbers[id(made)] = self.first_object + len(self.objects)
        return self.numbers[id(made)]

    def finish(self) -> None:
        """Write what was left out."""
        calls.append(self.spec.calls, {"skipped": sorted([*key, count] for key, count in self.skipped.items())})


def _continued(path: str) -> tuple[int, int]:
    """Return the highest call and object numbers of an earlier recording in the same file."""
    if not Path(path).exists():
        return 0, 0
    records = list(calls.read(path))
    made = [calls.Call(*record) for record in records if isinstance(record, tuple)]
    objects = [call.made for call in made] + list(calls.returned_objects(records).values())
    return max((call.number for call in made), default=0), max(objects, default=0)


def wrap_module(recorder: Recorder, module: ModuleType, names: Mapping[str, str]) -> None:
    """Replace the operations of a freshly imported module by recording ones."""
    recorder.modules.add(module.__name__)
    for name, symbol in sorted(names.items()):
        operation = Operation(symbol, module.__name__, name)
        owner_name, _, attribute = name.rpartition(".")
        owner: Any = getattr(module, owner_name, None) if owner_name else module
        target = inspect.getattr_static(owner, attribute, None) if owner is not None else None
        if target is None:
            recorder.skipped[symbol, "not found in the module"] += 1
        elif inspect.isclass(target):
            _wrap_constructor(recorder, operation, target)
        elif isinstance(target, staticmethod):
            wrapped = _recording(recorder, operation, target.__func__, is_bound=False)
            setattr(owner, attribute, staticmethod(wrapped))
        elif isinstance(target, classmethod):
            wrapped = _recording(recorder, operation, target.__func__, is_bound=False, of=owner)
            setattr(owner, attribute, classmethod(wrapped))
        elif isinstance(target, property) and target.fget is not None:
            wrapped = _recording(recorder, operation._replace(is_read=True), target.fget, is_bound=True)
            setattr(owner, attribute, target.getter(wrapped))
        elif inspect.isfunction(target) and not inspect.iscoroutinefunction(target):
            setattr(owner, attribute, _recording(recorder, operation, target, is_bound=bool(owner_name)))
        else:
            recorder.skipped[symbol, f"a {type(target).__name__}, which is not recorded"] += 1


def _wrap_constructor(recorder: Recorder, operation: Operation, target: Any) -> None:
    original = target.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        is_recorded = type(self) is target and not _is_inside(operation.module)
        if is_recorded:
            recorder.note(operation, (args, kwargs), made=self)
        original(self, *args, **kwargs)
        if is_recorded:
            recorder.note_state(self)

    try:
        target.__init__ = __init__
    except (AttributeError, TypeError):
        recorder.skipped[operation.symbol, "a class that cannot be observed"] += 1


def _recording(recorder: Recorder, operation: Operation, target: Any, *, is_bound: bool, of: Any = None) -> Any:
    """Return a function that records its calls; `of` is the class whose own method it is, not that of a subclass."""

    @functools.wraps(target)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not _is_inside(operation.module) and (of is None or args[0] is of):
            receiver, rest = (args[0] if is_bound else None), args[is_bound or of is not None :]
            number = recorder.note(operation, (rest, kwargs), on=receiver)
            begin = time.perf_counter()
            result = target(*args, **kwargs)
            if number:
                recorder.spent_s[operation.symbol] += time.perf_counter() - begin
            recorder.note_result(number, result)
            recorder.note_state(receiver if is_bound else result)
            return result
        return target(*args, **kwargs)

    return wrapper


def _is_inside(module: str) -> bool:
    """Return whether the caller of the wrapper is the operation's own module."""
    return bool(sys._getframe(2).f_globals.get("__name__") == module)


class Finder(importlib.abc.MetaPathFinder):
    """Lets every import through and wraps the modules that hold operations."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        root = os.path.realpath(recorder.spec.root)
        self.names = {os.path.join(root, path): names for path, names in recorder.spec.operations.items()}  # noqa: PTH118

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the ordinary spec with a loader that wraps; `None` for modules of no interest."""
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or os.path.realpath(spec.origin) not in self.names:
            return None
        names = self.names[os.path.realpath(spec.origin)]
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            wrap_module(self.recorder, module, names)

        loader.exec_module = exec_module
        return spec


def main(arguments: list[str]) -> None:
    """Run the command given as arguments (`-m module …` or `script.py …`) under the recorder."""
    recorder = Recorder(calls.read_spec())
    sys.path[0:1] = [] if sys.path and sys.path[0] in ("", os.getcwd()) else sys.path[:1]  # noqa: PTH109
    is_module = arguments[0] == "-m"
    sys.argv = arguments[1:] if is_module else arguments
    first = os.getcwd() if is_module else str(Path(arguments[0]).resolve().parent)  # noqa: PTH109
    sys.path.insert(0, first)
    calls.append(recorder.spec.calls, calls.importable_folders(recorder.spec.root))
    sys.meta_path.insert(0, Finder(recorder))
    try:
        if is_module:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        recorder.finish()


if __name__ == "__main__":
    main(sys.argv[1:])
