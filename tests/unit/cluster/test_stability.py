"""What an edit moves: next to nothing."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from graphs import system

from decompose import graph, source
from decompose.boundary import draft, render_plan
from decompose.cluster import assignment, partitions

ROLES = ("ingest", "features", "training", "evaluation", "online_inference", "gateway_ui", "monitoring")
SCRIPT = """
import pandas as pd
from sklearn.linear_model import Ridge

LIMIT = 3

def load(path):
    return pd.read_csv(path)

def fit(path):
    frame = load(path)
    return Ridge().fit(frame, frame)

if __name__ == "__main__":
    fit("data.csv")
"""


def shop(*extra: str) -> dict[str, str]:
    """Return the parts of a system of seven stages, three modules each, ten functions a module, and more edges."""
    rng, edges, roles, last = random.Random(1), [], {}, []
    for role in ROLES:
        names = [f"{role}.mod{m}:f{i}" for m in range(3) for i in range(10)]
        edges += [f"{a} -> {b}" for a, b in pairwise(names)]
        edges += [f"{rng.choice(names)} -> {rng.choice(names)}" for _ in range(15)]
        edges += [f"{rng.choice(last)} -> {rng.choice(names)}" for _ in range(3) if last]
        roles |= dict.fromkeys(names, role)
        last = names
    starts = {f"{role}.mod0:f0": "main" for role in ROLES} | {"online_inference.mod0:f0": "route"}
    return assignment(partitions(system(*edges, *extra, roles=roles, entries=starts))[0])


@pytest.mark.parametrize("seed", range(2))
def test_one_per_cent_of_new_functions_moves_at_most_two_per_cent_of_the_others(seed: int) -> None:
    before, rng = shop(), random.Random(seed)
    hosts = rng.sample(sorted(before), max(1, len(before) // 100))

    after = shop(*(f"{host} -> {host.partition(':')[0]}:new_{i}" for i, host in enumerate(hosts)))

    homes: dict[str, list[str]] = {}
    for unit, part in before.items():
        homes.setdefault(part, []).append(after[unit])
    moved = sum(len(now) - max(map(now.count, now)) for now in homes.values())
    assert len(homes) > 2
    assert moved <= 0.02 * len(before)


def test_white_space_and_comments_change_nothing_in_the_plan(tmp_path: Path) -> None:
    plans = []
    for name, text in (("plain", SCRIPT), ("spaced", "# a note\n\n\n" + SCRIPT.replace("\n\ndef", "\n\n\n# why\ndef"))):
        folder = tmp_path / name / "shop"
        folder.mkdir(parents=True)
        (folder / "weekly.py").write_text(text)
        found = graph.link(source.scan(folder))
        lines = render_plan(draft(found, partitions(found))).splitlines()
        plans.append([line for line in lines if not line.startswith("graph:")])

    assert plans[0] == plans[1]
