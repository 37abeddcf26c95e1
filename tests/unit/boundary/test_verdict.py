"""The verdict on small systems: twelve that a person has judged, five of which should stay as they are.

Each is a graph by hand; parts follow from the search, so that the test covers search, kinds and verdict together.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from decompose.boundary.draft import draft
from decompose.cluster import partitions
from decompose.ir.evidence import Trace, TracedCall
from decompose.ir.graph import CodeGraph, ResourceTag
from decompose.ir.plan import Plan

sys.path.insert(0, str(Path(__file__).parents[1] / "cluster"))

from graphs import system

STAGE_ROLES = {
    "data": "ingest", "train": "training", "serve": "online_inference", "web": "gateway_ui", "score": "batch_inference",
}  # fmt: skip


def stages(
    *names: str, size: int = 40, units: int = 4, links: tuple[str, ...] = (), externals=None, entries=None
) -> CodeGraph:
    """Return a system of one module a stage, each a chain of units."""
    edges, roles, sizes = [], {}, {}
    for name in names:
        chain = [f"{name}:{name}_{i}" for i in range(units)]
        edges += [f"{a} -> {b}" for a, b in pairwise(chain)]
        roles |= dict.fromkeys(chain, STAGE_ROLES[name])
        sizes |= dict.fromkeys(chain, size)
    ways = {"serve": "route", "web": "page"}
    starts = {f"{name}:{name}_0": ways.get(name, "main") for name in names} | (entries or {})
    return system(*edges, *links, roles=roles, sizes=sizes, entries=starts, externals=externals)


def plan_of(graph: CodeGraph, trace: Trace | None = None) -> Plan:
    return draft(graph, partitions(graph, trace=trace), trace=trace)


def single_script() -> CodeGraph:
    names = ("load", "clean", "fit", "report")
    return system(
        *(f"weekly:<module> -> weekly:{n}" for n in names),
        kinds={"weekly": "script"}, entries={"weekly:<module>": "main"},
        roles=dict(zip([f"weekly:{n}" for n in names], ("ingest", "features", "training", "evaluation"), strict=True)),
        sizes={f"weekly:{n}": 20 for n in names},
    )  # fmt: skip


def with_gpu(graph: CodeGraph, module: str) -> CodeGraph:
    """Return the graph with one module's units on a GPU."""
    tag = (ResourceTag(resource="gpu"),)
    return msgspec.structs.replace(
        graph, units=tuple(msgspec.structs.replace(u, resources=tag) if u.module == module else u for u in graph.units)
    )


SYSTEMS = {
    # one person, one run, one kind of work: nothing to gain
    "a weekly script": (single_script(), "stay"),
    "a tiny trainer and a tiny server": (stages("train", "serve", size=5), "stay"),
    "a pipeline of two like jobs": (stages("data", "train", size=18, links=("train:train_0 -> data:data_0",)), "stay"),
    "three like jobs with one set of libraries": (
        stages("data", "train", "score", size=30, externals=dict.fromkeys(STAGE_ROLES, ("pandas", "sklearn"))),
        "stay",
    ),
    "one large trainer": (stages("train", size=200), "stay"),
    # run differently, on other hardware, with other libraries, or too large for one team
    "a trainer and a server": (stages("train", "serve"), "split"),
    "a trainer, a server and a page": (
        stages("train", "serve", "web", externals={"serve": ("torch", "fastapi"), "web": ("streamlit",)}, size=60),
        "split",
    ),
    "a GPU trainer and the preparation of its data": (with_gpu(stages("data", "train"), "train"), "split"),
    "two large jobs": (stages("data", "train", size=120), "split"),
    "jobs with other libraries": (
        stages("data", "train", size=60, externals={"data": ("pyspark", "boto3"), "train": ("torch", "wandb")}),
        "split",
    ),
    # one part pays, the rest does not
    "a server beside two like jobs": (
        stages("data", "train", "serve", size=30, links=("train:train_0 -> data:data_0",)),
        "split partly",
    ),
    "batch scoring beside its trainer, and a page": (
        stages("train", "score", "web", size=30, links=("score:score_0 -> train:train_1",)),
        "split partly",
    ),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_verdict_is_what_a_person_would_say(name: str) -> None:
    graph, expected = SYSTEMS[name]

    verdict = plan_of(graph).verdict

    assert verdict.decision == expected, verdict
    assert len(verdict.because) == 3
    assert verdict.would_change


def test_a_chatty_boundary_does_not_pay() -> None:
    quiet = stages("train", "serve", links=("serve:serve_1 -> train:train_2",))
    calls = (TracedCall(caller="serve:serve_1", callee="train:train_2", calls=50_000, argument_bytes=1e5),)

    chatty = plan_of(quiet, Trace(command=("run",), seconds=1.0, calls=calls))

    assert chatty.verdict.decision != "split" or len(chatty.services) < 2
