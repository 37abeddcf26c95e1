"""Assets, roles, findings and what they cost, on a folder of repositories.

`python benchmarks/dataflow/report.py REPOS [LABELS]`: every folder in REPOS is one system; LABELS holds `NAME.json` for
those that are labelled (`units` with service and role, `assets` with readers and writers). Prints Markdown.
"""

from __future__ import annotations

import json
import posixpath
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from coverage_of import coverage

import decompose
from decompose import roles, source
from decompose.boundary import proposal
from decompose.graph.assemble import assemble
from decompose.graph.data import data_layer
from decompose.graph.linking import solve
from decompose.graph.registered import with_registered
from decompose.ir.graph import CodeGraph
from decompose.resources import room_for_recursion, without_collection

Link = tuple[str, str, str]
"""File name, unit, `read_by` or `written_by`."""


def unit_key(unit: str) -> str:
    """Return a unit as dots only, without `src` and without the module body: labels and graph then agree."""
    path, colons, name = unit.partition("::")
    if colons:
        unit = f"{path.rsplit('.', 1)[0].replace('/', '.').removesuffix('.__init__')}.{name}"
    return unit.replace(":", ".").removeprefix("src.").removesuffix(".<module>")


def links_of(assets: Iterable[dict[str, Any]]) -> set[Link]:
    """Return the asset links of labels or of a proposal."""
    return {
        (posixpath.basename(asset["name"].replace("\\", "/").rstrip("/")).lower(), unit_key(unit), way)
        for asset in assets
        for way in ("read_by", "written_by")
        for unit in asset.get(way, ())
    }


def role_figures(labels: dict[str, Any], units: dict[str, Any]) -> tuple[float, float, int]:
    """Return accuracy, macro-F1 and the number of labelled units that are not offline."""
    given = {unit_key(unit): entry["role"] for unit, entry in units.items()}
    pairs = []
    for unit, entry in labels["units"].items():
        key = unit_key(unit)
        while key and key not in given:
            key = key.rpartition(".")[0]
        if entry["service"] != "offline":
            pairs.append((given.get(key, ""), entry["role"]))
    wanted = Counter(true for _, true in pairs)
    found = Counter(guess for guess, _ in pairs)
    hits = Counter(true for guess, true in pairs if guess == true)
    f1 = [2 * hits[role] / (found[role] + wanted[role]) for role in wanted]
    return sum(hits.values()) / len(pairs), sum(f1) / len(f1), len(pairs)


def costs(root: Path) -> tuple[float, float, float]:
    """Return CPU seconds of the call graph, of the data layers, and of the roles, milliseconds a unit."""
    facts = source.scan(root)
    with room_for_recursion(), without_collection():  # as `graph.link` does
        start = time.process_time()
        solver = solve(facts)
        graph = assemble(facts, solver)
        calls = time.process_time() - start
        start = time.process_time()
        data_layer(solver, with_registered(graph, solver).units)
        data = time.process_time() - start
    linked = decompose.analyze(root, cache=False)
    start = time.process_time()
    roles.assign(linked)
    return calls, data, 1000 * (time.process_time() - start) / max(len(linked.units), 1)


def row(root: Path, labels: Path | None) -> str:
    """Return one line of the table."""
    graph: CodeGraph = decompose.analyze(root, cache=False)
    told = proposal(decompose.propose(graph), graph)
    measured = ["", "", "", ""]
    if labels is not None and labels.is_file():
        truth = json.loads(labels.read_text())
        want, got = links_of(truth["assets"]), links_of(told["assets"])
        accuracy, f1, _ = role_figures(truth, told["units"])
        shares = (len(want & got) / max(len(got), 1), len(want & got) / len(want), accuracy, f1)
        measured = [f"{share:.2f}" for share in shares]
    codes = Counter(finding.code for finding in graph.findings if finding.code.startswith("DC3"))
    known, named, _ = coverage(root)
    calls, data, role_ms = costs(root)
    cells = [
        root.name, str(len(graph.units)), str(len(told["assets"])), *measured,
        ", ".join(f"{code} {count}" for code, count in sorted(codes.items())) or "none",
        f"{known / max(named, 1):.2f} of {named}", f"{data / max(calls, 1e-9):.2f}", f"{role_ms:.2f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    repos = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    labels = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(
        "| system | units | assets | asset P | asset R | role acc. | role F1 | findings | ML calls known | data/calls | role ms |"
    )
    print("|---" * 11 + "|")
    for root in repos:
        print(row(root, labels / f"{root.name}.json" if labels else None), flush=True)


if __name__ == "__main__":
    main()
