"""Runs in the user's interpreter, around their own program, and writes down which functions call which.

Stands alone: standard library only, because that interpreter need not have `decompose`. Started as
`python tracer.py ROOT OUTPUT COMMAND-TEXT script PATH ARGS…` or `… module NAME ARGS…`. The program keeps its
arguments, its `sys.path`, its exit code and its output. From 3.12 on `sys.monitoring` counts, and code outside ROOT
costs one event; before, functions are rewritten as they are imported (`instrument.py`).

Sizes and types are sampled (the first calls of a function, then each power of two), times leave out what is called.
Another process that the program starts is not seen.
"""

# os.path and not pathlib: this file must cost the traced program as little as it can
# ruff: noqa: PTH100, PTH105, PTH109, PTH118, PTH120, PTH122, PTH123, PTH206
from __future__ import annotations

import atexit
import importlib.util
import json
import math
import os
import runpy
import sys
import threading
import time
from types import CodeType, FrameType
from typing import Any, Callable  # noqa: UP035  (old interpreters run this file too)

GENERATES = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
SAMPLED_ITEMS = 20
MAX_DEPTH = 200
OUTSIDE = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Recorder:
    """Counts calls between functions below a folder."""

    def __init__(self, root: str) -> None:
        """Take the folder whose code counts."""
        self.root = os.path.realpath(root) + os.sep
        self.names: dict[CodeType, str | None] = {}
        self.pairs: dict[tuple[str, str], dict[str, Any]] = {}
        self.counts: dict[CodeType, int] = {}
        self.local = threading.local()

    def name(self, code: CodeType) -> str | None:
        """Return the symbol of a code object, or None when it lies outside; remembered."""
        try:
            return self.names[code]
        except KeyError:
            found = self.names[code] = self._name(code)
            return found

    def enter(self, code: CodeType, name: str, frame: FrameType) -> None:
        """Count one call; what counting costs is charged to nobody."""
        arrived, arrived_cpu = time.perf_counter(), time.thread_time()
        caller: str | None = ""
        up, depth = frame.f_back, 0
        while up is not None and depth < MAX_DEPTH:
            caller = self.name(up.f_code)
            if caller:
                break
            up, depth = up.f_back, depth + 1
        key = (caller or "", name)
        row = self.pairs.get(key)
        if row is None:
            row = self.pairs[key] = new_row()
        row["calls"] += 1
        count = self.counts[code] = self.counts.get(code, 0) + 1
        if count < 4 or not count & (count - 1):
            self._sample(code, frame, row)
            sampled = True
        else:
            sampled = False
        if not code.co_flags & GENERATES:
            own = time.perf_counter() - arrived, time.thread_time() - arrived_cpu
            self._stack().append([code, row, arrived, arrived_cpu, *own, sampled])

    def leave(self, code: CodeType, value: object) -> None:
        """Close one call; `value` is what it returned."""
        stack = self._stack()
        if not stack or stack[-1][0] is not code:
            return
        left, left_cpu = time.perf_counter(), time.thread_time()
        _, row, arrived, arrived_cpu, inner, inner_cpu, sampled = stack.pop()
        cpu = max(0.0, left_cpu - arrived_cpu - inner_cpu)
        row["seconds"] += left - arrived - inner
        row["cpu"] += cpu
        row["squares"] += cpu * cpu
        if sampled:
            row["results"].append(size_of(value))
            row["result"] = row["result"] or type_of(value)
        if stack:
            stack[-1][4] += time.perf_counter() - arrived
            stack[-1][5] += time.thread_time() - arrived_cpu

    def report(self) -> list[dict[str, Any]]:
        """Return all calls as plain values, sorted."""
        calls = []
        for (caller, callee), row in sorted(self.pairs.items()):
            calls.append(
                {
                    "caller": caller,
                    "callee": callee,
                    "calls": row["calls"],
                    "self_seconds": round(row["seconds"], 6),
                    "cpu_seconds": round(row["cpu"], 6),
                    "cpu_variation": variation(row["calls"], row["cpu"], row["squares"]),
                    "argument_bytes": mean(row["sizes"]),
                    "result_bytes": mean(row["results"]),
                    "argument_types": dict(sorted(row["types"].items())),
                    "result_type": row["result"],
                }
            )
        return calls

    def _name(self, code: CodeType) -> str | None:
        """Return the symbol of a code object by its file and qualified name."""
        path = os.path.realpath(code.co_filename) if not code.co_filename.startswith("<") else ""
        if not path.startswith(self.root) or any(part in path for part in OUTSIDE):
            return None
        is_body = not code.co_flags & 0x1  # CO_OPTIMIZED: functions have it, module and class bodies do not
        if code.co_name in COMPREHENSIONS or (is_body and code.co_name != "<module>"):
            return None
        inside = path[len(self.root) :]
        parts = os.path.splitext(inside)[0].split(os.sep)
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        qualified = getattr(code, "co_qualname", code.co_name)
        kept = [part for part in qualified.split(".") if not part.startswith("<") or part == "<module>"]
        return ".".join(parts) + ":" + (".".join(kept) or "<module>")

    def _sample(self, code: CodeType, frame: FrameType, row: dict[str, Any]) -> None:
        """Note sizes and types of the arguments of one call."""
        size, count = 0, code.co_argcount + code.co_kwonlyargcount
        for name in code.co_varnames[:count]:
            if name in ("self", "cls") or name not in frame.f_locals:
                continue
            value = frame.f_locals[name]
            size += size_of(value)
            row["types"].setdefault(name, type_of(value))
        row["sizes"].append(size)

    def _stack(self) -> list[list[Any]]:
        """Return this thread's stack of open calls."""
        try:
            found: list[list[Any]] = self.local.stack
        except AttributeError:
            found = self.local.stack = []
        return found


def new_row() -> dict[str, Any]:
    """Return the counters of one pair of caller and callee."""
    return {
        "calls": 0, "seconds": 0.0, "cpu": 0.0, "squares": 0.0, "sizes": [], "results": [], "types": {}, "result": ""
    }  # fmt: skip


def variation(count: int, total: float, squares: float) -> float:
    """Return standard deviation over mean of `count` values, from their sum and the sum of their squares."""
    if not count or not total:
        return 0.0
    average = total / count
    spread = math.sqrt(max(0.0, squares / count - average * average))
    return round(spread / average, 3)


def mean(values: list[int]) -> float:
    """Return the mean of some sizes, 0 without any."""
    return round(sum(values) / len(values), 1) if values else 0.0


def type_of(value: object) -> str:
    """Return the dotted type of a value."""
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def size_of(value: Any, depth: int = 0) -> int:
    """Return about how many bytes a value holds; never raises, never runs code of the value's own class."""
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    try:
        if kind in (str, bytes, bytearray):
            return len(value)
        if kind in (list, tuple, set, frozenset, dict) and depth < 3:
            items = list(value.items()) if kind is dict else value
            some = [size_of(item, depth + 1) for _, item in zip(range(SAMPLED_ITEMS), items)]  # noqa: B905  (the shorter ends it)
            return 8 + (sum(some) * len(value) // len(some) if some else 0)
        if library == "numpy":
            return int(value.nbytes)
        if library == "pandas" and kind.__name__ == "DataFrame":
            return int(value.memory_usage(index=True).sum())
        if library == "pandas" and kind.__name__ == "Series":
            return int(value.memory_usage(index=True))
        if library == "torch" and kind.__name__ in ("Tensor", "Parameter"):
            return int(value.nelement() * value.element_size())
    except Exception:  # a library's own size may fail in any way; the traced program must not
        return 0
    return object.__sizeof__(value)


def start_monitoring(recorder: Recorder) -> Callable[[], None]:
    """Begin to count with `sys.monitoring`; returns what stops it."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    tool, events = monitoring.PROFILER_ID, monitoring.events

    def started(code: CodeType, offset: int) -> Any:
        name = recorder.name(code)
        if name is None:
            return monitoring.DISABLE
        recorder.enter(code, name, sys._getframe(1))
        return None

    def returned(code: CodeType, offset: int, value: object) -> Any:
        if recorder.name(code) is None:
            return monitoring.DISABLE
        recorder.leave(code, value)
        return None

    def unwound(code: CodeType, offset: int, error: BaseException) -> None:
        if recorder.name(code) is not None:
            recorder.leave(code, None)

    monitoring.use_tool_id(tool, "decompose")
    monitoring.register_callback(tool, events.PY_START, started)
    monitoring.register_callback(tool, events.PY_RETURN, returned)
    monitoring.register_callback(tool, events.PY_UNWIND, unwound)
    monitoring.set_events(tool, events.PY_START | events.PY_RETURN | events.PY_UNWIND)

    def stop() -> None:
        monitoring.set_events(tool, 0)

    return stop


def load_instrument() -> Any:
    """Return the module beside this one that counts by rewriting."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instrument.py")
    spec = importlib.util.spec_from_file_location("decompose_instrument", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: str, report: dict[str, Any]) -> None:
    """Write a report so that the file is old or new, never half."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def main(arguments: list[str]) -> None:
    """Run the program under the recorder; write what was seen however it ends."""
    root, output, command, kind, target, *rest = arguments
    sys.argv = [target, *rest]
    sys.path[0] = os.path.dirname(os.path.abspath(target)) if kind == "script" else os.getcwd()
    recorder, begin = Recorder(root), time.perf_counter()
    instrument = None if hasattr(sys, "monitoring") else load_instrument()
    stop = start_monitoring(recorder) if instrument is None else instrument.start(recorder, root)
    done: list[bool] = []
    owner = os.getpid()

    def finish() -> None:
        if done or os.getpid() != owner:
            return
        done.append(True)
        stop()
        seconds = round(time.perf_counter() - begin, 3)
        write(output, {"command": json.loads(command), "seconds": seconds, "calls": recorder.report()})

    atexit.register(finish)
    try:
        if kind == "script" and instrument is not None:
            instrument.run_script(target, root)
        elif kind == "script":
            runpy.run_path(target, run_name="__main__")
        else:
            runpy.run_module(target, run_name="__main__", alter_sys=True)
    finally:
        finish()


if __name__ == "__main__":
    main(sys.argv[1:])
