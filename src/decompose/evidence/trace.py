"""Recording the user's own command under the tracer, and reading what it wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from decompose.errors import LaunchError, RecordError
from decompose.ir.evidence import Trace, TracedCall
from decompose.ir.graph import CodeGraph
from decompose.ir.symbols import module_of, qualname_of

TRACER = Path(__file__).with_name("tracer.py")
_FLAGS_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")


def record_trace(command: Sequence[str], *, root: Path, output: Path) -> int:
    """Run the user's own command under the tracer and return its exit code; the trace goes to `output`.

    Understands `python SCRIPT`, `python -m MODULE`, and installed commands that are Python scripts (`pytest`,
    `uvicorn`). The command keeps its input, output, working directory and environment.

    Args:
        command: The words of the command.
        root: Folder whose code is observed.
        output: File for the trace; replaced at once when the command ends, left alone when it cannot start.

    Raises:
        LaunchError: If it is no Python command or cannot be started.
    """
    words = traced_command(command, root=root, output=output)
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        process = subprocess.Popen(words)
    except OSError as error:
        raise LaunchError(f"`{command[0]}` cannot be started: {error.strerror}", hint="check the command") from error
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the command got the same signal; its trace is written as it ends


def traced_command(command: Sequence[str], *, root: Path, output: Path) -> list[str]:
    """Return the words that run a command under the tracer.

    Raises:
        LaunchError: If it is no Python command.
    """
    if not command:
        raise LaunchError("no command to trace", hint="`decompose trace -- python train.py`")
    program = shutil.which(command[0])
    if program is None:
        raise LaunchError(f"`{command[0]}` is not a command", hint="put it on PATH, or give its path")
    if Path(program).name.startswith(("python", "pypy")):
        interpreter, flags, rest = program, *_split_flags(command[1:])
    else:
        interpreter, flags, rest = _shebang(Path(program)), [], [program, *command[1:]]
    if not rest or rest[0] == "-c":
        raise LaunchError(
            f"`{' '.join(command)}` names no script or module", hint="`python SCRIPT` or `python -m NAME`"
        )
    kind, *target = ("module", *rest[1:]) if rest[0] == "-m" else ("script", *rest)
    if not target:
        raise LaunchError("`-m` without a module", hint="`python -m NAME`")
    place = [str(root.resolve()), str(output.resolve()), json.dumps(list(command))]
    return [interpreter, *flags, str(TRACER), *place, kind, *target]


def read_trace(path: Path, graph: CodeGraph | None = None) -> Trace:
    """Return the trace in a file.

    Args:
        path: What `record_trace` wrote.
        graph: With it, symbols are those of the graph, where a layout folder (`src/`) has no part in module names.

    Raises:
        RecordError: If the file is missing, damaged, or not a trace.
    """
    try:
        trace = msgspec.json.decode(path.read_bytes(), type=Trace)
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}", hint="`decompose trace -- COMMAND`") from error
    except msgspec.MsgspecError as error:
        raise RecordError(
            f"{path}: not a trace: {error}", hint="record it again: `decompose trace -- COMMAND`"
        ) from error
    return aligned(trace, graph) if graph is not None else trace


def aligned(trace: Trace, graph: CodeGraph) -> Trace:
    """Return the trace with modules named as the graph names them, calls of one pair joined, sorted."""
    name_by_path = {_dotted(module.path): module.name for module in graph.modules}
    renamed: dict[tuple[str, str], TracedCall] = {}
    for call in trace.calls:
        caller, callee = (_renamed(symbol, name_by_path) for symbol in (call.caller, call.callee))
        moved = msgspec.structs.replace(call, caller=caller, callee=callee)
        known = renamed.get((caller, callee))
        renamed[caller, callee] = moved if known is None else _joined(known, moved)
    return msgspec.structs.replace(trace, calls=tuple(renamed[pair] for pair in sorted(renamed)))


def _split_flags(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the interpreter's own flags, and the rest from the script or `-m` on."""
    position = 0
    while position < len(words) and words[position].startswith("-") and words[position] not in ("-m", "-c", "-"):
        position += 2 if words[position] in _FLAGS_WITH_VALUE else 1
    return list(words[:position]), list(words[position:])


def _shebang(program: Path) -> str:
    """Return the interpreter that an installed script names in its first line.

    Raises:
        LaunchError: If it is not a Python script.
    """
    with program.open("rb") as file:
        first = file.readline(512).decode("utf-8", "replace").strip()
    words = first.removeprefix("#!").split()
    if not first.startswith("#!") or not any("python" in word for word in words):
        raise LaunchError(f"`{program}` is not a Python command", hint="trace `python SCRIPT` or `python -m NAME`")
    if Path(words[0]).name != "env":
        return words[0]
    return shutil.which(words[-1]) or words[-1]


def _dotted(path: str) -> str:
    """Return the module name that the tracer gives a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _renamed(symbol: str, name_by_path: dict[str, str]) -> str:
    """Return a symbol with its module named as in the graph."""
    return f"{name_by_path.get(module_of(symbol), module_of(symbol))}:{qualname_of(symbol)}" if symbol else ""


def _joined(first: TracedCall, second: TracedCall) -> TracedCall:
    """Return two rows of one pair as one: counts and times added, sizes averaged by calls."""
    calls = first.calls + second.calls
    return TracedCall(
        caller=first.caller,
        callee=first.callee,
        calls=calls,
        self_seconds=first.self_seconds + second.self_seconds,
        cpu_seconds=first.cpu_seconds + second.cpu_seconds,
        cpu_variation=max(first.cpu_variation, second.cpu_variation),
        argument_bytes=(first.argument_bytes * first.calls + second.argument_bytes * second.calls) / calls,
        result_bytes=(first.result_bytes * first.calls + second.result_bytes * second.calls) / calls,
        argument_types={**second.argument_types, **first.argument_types},
        result_type=first.result_type or second.result_type,
    )
