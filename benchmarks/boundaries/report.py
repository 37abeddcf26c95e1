"""Boundaries against labelled systems: our proposal, the baselines, and the proposal with each signal removed.

`python benchmarks/boundaries/report.py SCORER NAME=ROOT:TRUTH …`: SCORER is the folder with `score.py`, ROOT the tree,
TRUTH its labels. Prints Markdown.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path
from statistics import mean
from typing import Any

import decompose
from decompose.boundary import draft, proposal
from decompose.cluster import Weights, partitions
from decompose.cluster.agreement import service_f1
from decompose.cluster.baselines import agreeable, baselines
from decompose.ir.graph import CodeGraph

UNABLATED = ("inertia", "cochange")
"""Signals that these systems do not have: no earlier plan, no history."""


def evaluate(scorer: Any, truth: dict[str, Any], units: dict[str, Any]) -> dict[str, float]:
    """Return the figures of one assignment."""
    found = scorer.score(truth, {"units": units})
    true, given = scorer.units_in(truth), {scorer.key(u): v for u, v in scorer.units_in(units).items()}
    scored = [unit for unit, value in true.items() if value["service"] not in scorer.PSEUDO]
    ours = [scorer.look_up(unit, given, "service") or f"alone {unit}" for unit in scored]
    f1 = service_f1(ours, [true[unit]["service"] for unit in scored])
    return {**{name: found[name] for name in ("ari", "mojofm", "f1", "covered", "scored")}, "service_f1": f1,
            "ours": found["proposed_services"], "true": found["true_services"]}  # fmt: skip


def ours(graph: CodeGraph, weights: Weights | None = None) -> dict[str, Any]:
    """Return our proposal's units."""
    return dict(proposal(draft(graph, partitions(graph, weights=weights)), graph)["units"])


def row(name: str, found: dict[str, float]) -> str:
    """Return one line of the first table."""
    return (
        f"| {name} | {found['ari']:.2f} | {found['mojofm']:.0f} | {found['service_f1']:.2f} | {found['f1']:.2f} "
        f"| {found['ours']}/{found['true']} | {found['covered']}/{found['scored']} |"
    )


def main() -> None:
    """Print the tables."""
    sys.path.insert(0, sys.argv[1])
    import score as scorer

    graphs: dict[str, CodeGraph] = {}
    truths: dict[str, dict[str, Any]] = {}
    for word in sys.argv[2:]:
        name, _, places = word.partition("=")
        root, _, truth = places.partition(":")
        graphs[name] = decompose.analyze(root, cache=False)
        truths[name] = json.loads(Path(truth).read_text())
    print("| system | ARI | MoJoFM | service F1 | pairwise F1 | services | covered |\n|---|---|---|---|---|---|---|")
    found = {name: evaluate(scorer, truths[name], ours(graph)) for name, graph in graphs.items()}
    for name, figures in found.items():
        print(row(name, figures))
    averages = {key: mean(figures[key] for figures in found.values()) for key in ("ari", "mojofm", "service_f1")}
    print(f"| mean | {averages['ari']:.3f} | {averages['mojofm']:.1f} | {averages['service_f1']:.2f} | | | |\n")
    print("ARI of the baselines\n\n| method |", " | ".join(graphs), "| mean |\n|---|" + "---|" * (len(graphs) + 1))
    others = {name: baselines(graph) for name, graph in graphs.items()}
    for method in next(iter(others.values())):
        values = [evaluate(scorer, truths[n], agreeable(others[n][method]))["ari"] for n in graphs]
        print(f"| {method} |", " | ".join(f"{v:.2f}" for v in values), f"| {mean(values):.3f} |")
    print("\nARI without one signal\n\n| without |", " | ".join(graphs), "| mean |\n|---|" + "---|" * (len(graphs) + 1))
    for field in fields(Weights):
        if field.name in UNABLATED:
            continue
        weights = Weights().without(field.name)
        values = [evaluate(scorer, truths[n], ours(graph, weights))["ari"] for n, graph in graphs.items()]
        print(f"| {field.name} |", " | ".join(f"{v:.2f}" for v in values), f"| {mean(values):.3f} |")


if __name__ == "__main__":
    main()
