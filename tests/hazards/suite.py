"""Reads the labelled cuts under `cases/` and asks `boundary.hazard_report` about all of them in one analysis."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from decompose import graph, source
from decompose.boundary import hazard_report

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One labelled edge."""

    name: str
    expected: frozenset[int]
    label: str
    caller: str
    callee: str
    a: str
    b: str

    @property
    def row(self) -> int:
        """The row of the table whose file holds the case."""
        return int(self.name[1:3])


@dataclass(frozen=True)
class Outcome:
    """What was reported on one case."""

    case: Case
    hazards: frozenset[int]
    verdict: str
    lines: tuple[tuple[str, int], ...]
    why: str


def read_cases() -> list[Case]:
    """Return all cases in file order."""
    return [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]


def run(root: Path, cases: list[Case]) -> list[Outcome]:
    """Write the cases as packages below `root`, analyse them at once, and return what is reported on each."""
    for case in cases:
        folder = root / case.name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "a.py").write_text(case.a)
        (folder / "b.py").write_text(case.b)
    system = graph.link(source.scan(root))
    outcomes = []
    for case in cases:
        a, b = f"{case.name}.a", f"{case.name}.b"
        cut = {"service_a": [a], "service_b": [b], "edges": [[f"{a}:{case.caller}", f"{b}:{case.callee}"]]}
        (edge,) = hazard_report(system, cut)["edges"]
        lines = tuple((path, line) for path, line in edge["lines"])
        outcomes.append(Outcome(case, frozenset(edge["hazards"]), edge["verdict"], lines, edge["why"]))
    return outcomes


def _read(path: Path) -> list[Case]:
    shared, cases = "", []
    for block in _blocks(path.read_text()):
        head, _, body = block.partition("\n")
        if head.startswith("@caller"):
            shared = body
            continue
        rows, _, rest = head[2:].partition(" ")
        label, *options = [part.strip() for part in rest.split("|")]
        chosen = dict(option.split("=") for option in options)
        b, _, own = body.partition("---\n")
        name = f"c{path.name[:2]}_{len(cases):03d}"
        expected = frozenset() if rows == "-" else frozenset(int(row) for row in rows.split(","))
        b = b.replace("PKG", name)
        a = _caller(own or shared, b, name)
        cases.append(Case(name, expected, label, chosen.get("caller", "run"), chosen.get("callee", "f"), a, b))
    return cases


def _blocks(text: str) -> list[str]:
    blocks: list[list[str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith(("@caller", "= ")):
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
    return ["".join(block) for block in blocks]


def _caller(text: str, b: str, name: str) -> str:
    """Return the caller's module: a bare body becomes `run`, and the callee's names are imported."""
    is_module = any(
        line.startswith(("def ", "class ", "async def ", "import ", "from ", "@")) for line in text.splitlines()
    )
    body = text if is_module else "def run():\n" + textwrap.indent(text, "    ")
    if "PKG" in body:
        return body.replace("PKG", name)
    names = [
        node.name
        for node in ast.parse(b).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    names += [
        t.id
        for node in ast.parse(b).body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name)
    ]
    used = [
        n for n in dict.fromkeys(names) if any(isinstance(x, ast.Name) and x.id == n for x in ast.walk(ast.parse(body)))
    ]
    return f"from {name}.b import {', '.join(used or ['f'])}\n\n\n{body}"
