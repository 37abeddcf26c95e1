"""Scores the call graph on a local copy of a public micro-benchmark: folders of sources with a `callgraph.json`.

    python benchmarks/callgraph/score.py FOLDER [--wrong]

A case is complete without a false edge, sound without a missing one. The copy is never committed.
"""

from __future__ import annotations

import argparse
import json
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list each missing and each false edge")
    given = parser.parse_args()
    cases = sorted(path.parent for path in given.folder.rglob("callgraph.json"))
    hits = false = missing = complete = sound = exact = 0
    for folder in cases:
        truth, found = compare(folder)
        hits, false, missing = hits + len(truth & found), false + len(found - truth), missing + len(truth - found)
        complete, sound = complete + (found <= truth), sound + (truth <= found)
        exact += truth == found
        if given.wrong:
            name = folder.relative_to(given.folder)
            for mark, edges in (("false  ", found - truth), ("missing", truth - found)):
                print(*(f"{mark} {name}: {a} -> {b}" for a, b in sorted(edges)), sep="\n", end="\n" if edges else "")
    precision, recall = hits / max(hits + false, 1), hits / max(hits + missing, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(
        f"{len(cases)} cases: {complete} complete, {sound} sound, {exact} exact; P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
