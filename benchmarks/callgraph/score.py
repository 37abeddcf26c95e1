"""Scores the call graph on a local copy of a public micro-benchmark: folders of sources with a `callgraph.json`.

    python benchmarks/callgraph/score.py FOLDER [--wrong]

A case is complete without a false edge, sound without a missing one. The copy is never committed.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from decompose.graph import callgraph, link_calls
from decompose.source import scan

Edges = set[tuple[str, str]]


def edges_of(graph: dict[str, list[str]]) -> Edges:
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def compare(folder: Path) -> tuple[Edges, Edges]:
    """Return the truth and what was found; an analysis that fails finds nothing and is not counted as complete."""
    truth = edges_of(json.loads((folder / "callgraph.json").read_text()))
    return truth, edges_of(callgraph(link_calls(scan(folder, with_effects=False))))


@dataclass
class Score:
    """Counts over cases; a failed case (None found) is neither complete nor sound and misses all its edges."""

    cases: int = 0
    complete: int = 0
    sound: int = 0
    exact: int = 0
    failed: int = 0
    hits: int = 0
    false: int = 0
    missing: int = 0

    def add(self, truth: Edges, found: Edges | None) -> None:
        """Count one case."""
        self.cases += 1
        if found is None:
            self.failed, self.missing = self.failed + 1, self.missing + len(truth)
            return
        self.hits, self.false = self.hits + len(truth & found), self.false + len(found - truth)
        self.missing += len(truth - found)
        self.complete, self.sound = self.complete + (found <= truth), self.sound + (truth <= found)
        self.exact += truth == found

    def __str__(self) -> str:
        precision, recall = self.hits / max(self.hits + self.false, 1), self.hits / max(self.hits + self.missing, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        failed = f", {self.failed} failed" if self.failed else ""
        return (
            f"{self.cases} cases: {self.complete} complete, {self.sound} sound, {self.exact} exact{failed}; "
            f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list each missing and each false edge")
    given = parser.parse_args()
    score = Score()
    for folder in sorted(path.parent for path in given.folder.rglob("callgraph.json")):
        truth, found = compare(folder)
        score.add(truth, found)
        if given.wrong:
            name = folder.relative_to(given.folder)
            for mark, edges in (("false  ", found - truth), ("missing", truth - found)):
                print(*(f"{mark} {name}: {a} -> {b}" for a, b in sorted(edges)), sep="\n", end="\n" if edges else "")
    print(score)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
