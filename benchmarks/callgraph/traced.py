"""Recall against calls that happened: a pytest plugin that records them, and the comparison with our graph.

    TRACE_ROOT=PACKAGE_FOLDER TRACE_OUT=edges.json PYTHONPATH=benchmarks/callgraph python -m pytest -p traced PROJECT_TESTS
    python benchmarks/callgraph/traced.py FOLDER_OF_THE_PACKAGE edges.json [--missing]

The package's own tests drive it. Edges whose ends are functions of the package count; generators and coroutines do not,
because a profiler sees their caller only when they are resumed, nor do class bodies. A call that did not happen in the
tests is no false edge, so this measures recall alone.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import re
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType

WITHIN = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")
RESUMED, OPTIMISED = 0x2A0, 0x1
"""Flags of code objects: generators and coroutines; functions, as opposed to module and class bodies."""


class Tracer:
    """Records who calls whom below a folder."""

    def __init__(self, root: str) -> None:
        self.root = str(Path(root).resolve()) + os.sep
        self.edges: dict[tuple[str, str], int] = {}
        self.names: dict[CodeType, str] = {}

    def name(self, code: CodeType) -> str:
        """Return the dotted name of code below the folder; empty for other code."""
        known = self.names.get(code)
        if known is None:
            known = ""
            if code.co_filename.startswith(self.root):
                module = code.co_filename[len(self.root) :].removesuffix(".py").removesuffix("__init__")
                inner = code.co_qualname.replace(".<locals>", "").replace("<module>", "")
                known = ".".join(part for part in (Path(self.root).name, *module.strip("/").split("/"), inner) if part)
            self.names[code] = known
        return known

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        """Take note of a call; the interpreter's profiling hook."""
        code = frame.f_code
        if event != "call" or code.co_flags & RESUMED or not code.co_flags & OPTIMISED or code.co_name in WITHIN:
            return
        callee, back = self.name(code), frame.f_back
        while back is not None and back.f_code.co_name in WITHIN:
            back = back.f_back
        caller = self.name(back.f_code) if back is not None and callee else ""
        if caller and back is not None:
            self.edges.setdefault((caller, callee), back.f_lineno)

    def write(self, path: str) -> None:
        """Stop, and write what happened as JSON."""
        sys.setprofile(None)
        Path(path).write_text(json.dumps([[a, b, line] for (a, b), line in sorted(self.edges.items())]))


def compare(folder: Path, traced: Path, *, show_missing: bool) -> None:
    from decompose.graph import callgraph, link_calls
    from decompose.source import scan

    graph = callgraph(link_calls(scan(folder, with_effects=False)))
    plain = {(unnumbered(a), unnumbered(b)) for a, callees in graph.items() for b in callees}
    own = {unnumbered(name) for name in graph}
    happened = {(a, b): line for a, b, line in json.loads(traced.read_text()) if a in own and b in own}
    missing = sorted(edge for edge in happened if edge not in plain)
    print(f"{folder.name}: {len(happened)} edges happened, recall {1 - len(missing) / max(len(happened), 1):.3f}")
    for caller, callee in missing if show_missing else ():
        print(f"  {caller} -> {callee}  line {happened[caller, callee]}")


def unnumbered(name: str) -> str:
    return re.sub(r"<lambda\d+>", "<lambda>", name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds the package's folder")
    parser.add_argument("traced", type=Path)
    parser.add_argument("--missing", action="store_true")
    given = parser.parse_args()
    compare(given.folder, given.traced, show_missing=given.missing)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
elif "TRACE_ROOT" in os.environ:
    tracer = Tracer(os.environ["TRACE_ROOT"])
    sys.setprofile(tracer)
    threading.setprofile(tracer)
    atexit.register(tracer.write, os.environ["TRACE_OUT"])
