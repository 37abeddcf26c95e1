"""Reads the cases and compares call graphs with their truth."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent
FLOORS = ROOT / "floors.json"

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One construct with its truth."""

    name: str
    """`CATEGORY/NAME`."""
    folder: Path
    truth: frozenset[Edge]
    optional: frozenset[Edge]
    is_internal: bool
    """Whether only edges to the case's own modules count."""
    modules: frozenset[str]

    @property
    def category(self) -> str:
        return self.name.partition("/")[0]

    def edges_of(self, callgraph: Mapping[str, Iterable[str]]) -> frozenset[Edge]:
        """Return the edges of a call graph that count for this case."""
        edges = {(caller, callee) for caller, callees in callgraph.items() for callee in callees}
        return frozenset(edge for edge in edges if not self.is_internal or self.owns(edge[1]))

    def owns(self, name: str) -> bool:
        """Return whether `name` is a module of the case or lies in one."""
        return any(name == module or name.startswith(f"{module}.") for module in self.modules)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the analysis found on one case."""

    case: Case
    hits: frozenset[Edge]
    missing: frozenset[Edge]
    wrong: frozenset[Edge]
    error: str = ""

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.wrong or self.error)

    def __str__(self) -> str:
        lines = [self.case.name, *([f"  failed: {self.error}"] if self.error else [])]
        lines += [f"  missing: {caller} -> {callee}" for caller, callee in sorted(self.missing)]
        lines += [f"  wrong:   {caller} -> {callee}" for caller, callee in sorted(self.wrong)]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Score:
    """Edges of several cases, counted together."""

    cases: int
    exact: int
    hits: int
    missing: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missing) if self.hits + self.missing else 1.0


def load_cases() -> tuple[Case, ...]:
    """Return all cases, sorted by name."""
    return tuple(_load(path.parent) for path in sorted(ROOT.glob("*/*/expected.json")))


def compare(case: Case, callgraph: Mapping[str, Iterable[str]]) -> Outcome:
    """Return hits, missing and wrong edges of `callgraph` on `case`."""
    found = case.edges_of(callgraph) - case.optional
    return Outcome(case, hits=found & case.truth, missing=case.truth - found, wrong=found - case.truth)


def score(outcomes: Iterable[Outcome]) -> Score:
    """Return the counts over several outcomes."""
    rows = list(outcomes)
    return Score(
        cases=len(rows),
        exact=sum(row.is_exact for row in rows),
        hits=sum(len(row.hits) for row in rows),
        missing=sum(len(row.missing) for row in rows),
        wrong=sum(len(row.wrong) for row in rows),
    )


def by_category(outcomes: Iterable[Outcome]) -> dict[str, Score]:
    """Return one score a category, sorted by name."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.case.category, []).append(outcome)
    return {category: score(rows) for category, rows in sorted(groups.items())}


def table(outcomes: Iterable[Outcome]) -> str:
    """Return precision and recall by category as text."""
    rows = list(outcomes)
    lines = [f"{'category':<18}{'cases':>6}{'exact':>6}{'edges':>7}{'missing':>8}{'wrong':>6}{'P':>7}{'R':>7}"]
    for name, one in [*by_category(rows).items(), ("all", score(rows))]:
        lines.append(
            f"{name:<18}{one.cases:>6}{one.exact:>6}{one.hits + one.missing:>7}{one.missing:>8}{one.wrong:>6}"
            f"{one.precision:>7.3f}{one.recall:>7.3f}"
        )
    return "\n".join(lines)


def module_names(folder: Path) -> frozenset[str]:
    """Return the dotted names of the Python files and notebooks below `folder`."""
    files = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*") if path.suffix in (".py", ".ipynb")]
    parts = (file.parts[:-1] if file.name == "__init__" else file.parts for file in files)
    return frozenset(".".join(part) for part in parts if part)


def _load(folder: Path) -> Case:
    settings_file = folder / "case.toml"
    settings = tomllib.loads(settings_file.read_text(encoding="utf-8")) if settings_file.exists() else {}
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return Case(
        name=folder.relative_to(ROOT).as_posix(),
        folder=folder,
        truth=frozenset((caller, callee) for caller, callees in expected.items() for callee in callees),
        optional=frozenset((caller, callee) for caller, callee in settings.get("optional", ())),
        is_internal=settings.get("scope", "all") == "internal",
        modules=module_names(folder),
    )
