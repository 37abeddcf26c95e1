"""Scores public call-graph tools on the same local copy of a micro-benchmark, with the scorer that scores ours.

    python benchmarks/callgraph/peers.py FOLDER pycg=PYTHON jarviscg=PYTHON pyan3=PYTHON code2flow=PYTHON

PYTHON is an interpreter in whose environment that tool is installed (or on PYTHONPATH). Tools that name nodes in their own way are put into
the benchmark's names first (`mod.Class.method`; module code is the module); what can never be an edge of the truth, such as a
reference to a class or module without a call, is dropped, so that no tool is charged for a convention. A case that ends
in a crash or takes over 60 s finds nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from score import Edges, Score, edges_of

SECONDS = 60

PYAN = """
import json, os, sys
from pyan.analyzer import CallGraphVisitor
out, *files = sys.argv[1:]
found = CallGraphVisitor(files, root=os.getcwd())
name = lambda node: node.get_name().removesuffix(".__init__") if node.flavor.name == "MODULE" else node.get_name()
graph = {}
for caller, callees in found.uses_edges.items():
    for callee in callees:
        if callee.flavor.name in ("FUNCTION", "METHOD", "STATICMETHOD", "CLASSMETHOD"):
            graph.setdefault(name(caller), []).append(name(callee))
json.dump(graph, open(out, "w"))
"""
CODE2FLOW = """
import json, os, sys
from code2flow.engine import code2flow
out, *files = sys.argv[1:]
code2flow(files, out + ".graph.json", language="py", level=50)
found = json.load(open(out + ".graph.json"))["graph"]
name = lambda key: found["nodes"][key]["name"].replace("::(global)", "").replace("::", ".")
graph = {}
for edge in found["edges"]:
    graph.setdefault(name(edge["source"]), []).append(name(edge["target"]))
json.dump(graph, open(out, "w"))
"""
TOOLS = {
    "pycg": ["-m", "pycg", "--package", ".", "main.py", "-o", "{out}"],
    "jarviscg": [
        "-c",
        "from jarviscg import cli; cli.main()",
        "--package",
        ".",
        "--precision",
        "main.py",
        "-o",
        "{out}",
    ],
    "pyan3": ["-c", PYAN, "{out}", "{files}"],
    "code2flow": ["-c", CODE2FLOW, "{out}", "{files}"],
}


def edges(tool: str, python: str, case: Path) -> Edges | None:
    """Return the edges that a tool finds in one case, or None where it failed."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "out.json")
        files = [str(path.relative_to(case)) for path in sorted(case.rglob("*.py"))]
        words = [w for word in TOOLS[tool] for w in (files if word == "{files}" else [word.format(out=out) if word == "{out}" else word])]  # fmt: skip
        try:
            subprocess.run([python, *words], cwd=case, capture_output=True, timeout=SECONDS, check=True)
            return edges_of(json.loads(out.read_text()))
        except (subprocess.SubprocessError, OSError, ValueError):
            return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tools", nargs="+", metavar="TOOL=PYTHON")
    given = parser.parse_args()
    cases = sorted(path.parent for path in given.folder.rglob("callgraph.json"))
    for tool, _, python in (word.partition("=") for word in given.tools):
        if tool not in TOOLS:
            print(f"unknown tool {tool}; known: {', '.join(TOOLS)}", file=sys.stderr)
            return 2
        score = Score()
        for case in cases:
            score.add(edges_of(json.loads((case / "callgraph.json").read_text())), edges(tool, python, case))
        print(f"{tool}: {score}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
