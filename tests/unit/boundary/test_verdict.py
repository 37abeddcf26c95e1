"""The verdict on small systems: 27 that a person has judged, fifteen of which should stay as they are.

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

HANDED_OVER = ("data:data_0 w> asset:data/train.csv", "train:train_0 r> asset:data/train.csv")
"""What one job leaves for the next."""
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


def pages() -> CodeGraph:
    """A Streamlit application: pages that a person looks at, and what draws and prepares for them."""
    scripts = ["app", "pages.overview", "pages.predict"]
    edges = [f"{name}:<module> -> lib.charts:draw_{i}" for i, name in enumerate(scripts)]
    edges += ["pages.predict:<module> -> lib.prepare:clean", "lib.prepare:clean -> lib.prepare:encode"]
    roles = {f"{name}:<module>": "gateway_ui" for name in scripts} | {"lib.prepare:clean": "features"}
    roles |= {"lib.prepare:encode": "features"} | {f"lib.charts:draw_{i}": "exploration" for i in range(3)}
    return system(
        *edges, roles=roles, sizes=dict.fromkeys(roles, 60), kinds=dict.fromkeys(scripts, "script"),
        externals=dict.fromkeys(scripts, ("streamlit", "pandas")) | {"lib.charts": ("ipyvizzu",)},
    )  # fmt: skip


def library(*, started: bool = False) -> CodeGraph:
    """A package that others import: every stage as a module, and at most one command."""
    graph = (
        "net:Net -> layers:Layer",
        "fit:Trainer -> net:Net",
        "fit:Trainer -> load:Batches",
        "score:Meter -> net:Net",
    )
    roles = {"net:Net": "training", "layers:Layer": "training", "fit:Trainer": "training", "load:Batches": "features"}
    sizes = dict.fromkeys([*roles, "score:Meter"], 350)
    command = {"command:main": "cli"} if started else {}
    edges = ("command:main -> fit:Trainer", "command:main -> score:Meter") if started else ()
    return system(*graph, *edges, roles=roles | {"score:Meter": "evaluation"}, sizes=sizes, entries=command)


def tool(*, serves: bool = False) -> CodeGraph:
    """A large tool that learns nothing: two commands (or pages and one command) over modules of their own."""
    names = {part: [f"{part}.m{i}:f{j}" for i in range(3) for j in range(5)] for part in ("parse", "report")}
    chains = [f"{a} -> {b}" for units in names.values() for a, b in pairwise(units)]
    roles = dict.fromkeys(names["parse"], "ingest") | dict.fromkeys(
        names["report"], "gateway_ui" if serves else "postprocess"
    )
    return system(
        *chains, roles=roles, sizes=dict.fromkeys(roles, 40),
        entries={"parse.m0:f0": "main", "report.m0:f0": "route" if serves else "main"},
        externals={"parse.m0": ("click",), "report.m0": ("flask",) if serves else ("argparse",)},
    )  # fmt: skip


def trainer_alone() -> CodeGraph:
    """A torch training repository: one command, data, network, loop, evaluation, all with torch; nothing serves."""
    chain = ("train:main -> data:Images", "train:main -> net:Net", "train:main ->> loop:epoch", "loop:epoch ->> net:Net",
             "train:main -> check:accuracy", "check:accuracy ->> net:Net", "loop:epoch -> data:Images")  # fmt: skip
    roles = {"train:main": "training", "loop:epoch": "training", "net:Net": "training", "data:Images": "features",
             "check:accuracy": "evaluation"}  # fmt: skip
    libraries = dict.fromkeys(("train", "data", "net", "loop", "check"), ("torch", "torchvision"))
    return system(
        *chain, roles=roles, sizes=dict.fromkeys(roles, 90), externals=libraries, entries={"train:main": "main"}
    )


def notebooks() -> CodeGraph:
    """Two notebooks and the helpers that they share."""
    cells = (
        "eda.ipynb:cell_1 -> lib.plot:draw",
        "fit.ipynb:cell_1 -> lib.plot:draw",
        "fit.ipynb:cell_2 -> lib.prep:clean",
    )
    roles = {"lib.prep:clean": "features", "lib.plot:draw": "exploration", "fit.ipynb:cell_2": "training"}
    return system(
        *cells, roles=roles, sizes=dict.fromkeys(roles, 150), kinds={"eda.ipynb": "notebook", "fit.ipynb": "notebook"}
    )


def routes_of_one_app() -> CodeGraph:
    """A web application of three routers, which all look into one cache."""
    names = ("orders", "users", "stock")
    edges = [f"app:<module> i> {name}:<module>" for name in names]
    edges += [f"{name}:show -> {name}:find" for name in names] + [f"{name}:find -> db:rows" for name in names]
    roles = {f"{name}:{f}": "gateway_ui" for name in names for f in ("show", "find")} | {"db:rows": "ingest"}
    return system(
        *edges, roles=roles | {"app:<module>": "gateway_ui"}, sizes=dict.fromkeys(roles, 70),
        entries={f"{name}:show": "route" for name in names},
        externals=dict.fromkeys((*names, "app"), ("fastapi", "sqlalchemy")),
    )  # fmt: skip


def pipeline_of_steps() -> CodeGraph:
    """A conductor that starts three steps with the same libraries in one run."""
    steps = {"ingest:Ingest": "ingest", "clean:Clean": "features", "fit:Fit": "training"}
    libraries = dict.fromkeys(("ingest", "clean", "fit", "run"), ("pandas", "sklearn"))
    return system(
        *(f"run:main -> {step}" for step in steps), roles=steps | {"run:main": "orchestration"},
        sizes=dict.fromkeys(steps, 60), entries={"run:main": "main"}, externals=libraries,
    )  # fmt: skip


def trainer_from_a_route() -> CodeGraph:
    """A page that predicts, and has a button that trains: training is a job, though a request starts it."""
    return stages("web", "train", size=60, links=("web:web_1 -> train:train_0",), entries={"train:train_0": "main"})


def loops_across() -> CodeGraph:
    """A server whose scoring asks the feature code for every row of every batch, and a trainer beside it."""
    return stages(
        "serve", "data", "train", size=60, links=("serve:serve_1 ->> data:data_2", "serve:serve_2 ->> data:data_3")
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
    "an application of pages": (pages(), "stay"),
    "a package that others import": (library(), "stay"),
    "a package with one command": (library(started=True), "stay"),
    "a training repository without serving": (trainer_alone(), "stay"),
    "notebooks and their helpers": (notebooks(), "stay"),
    "a web application of three routers": (routes_of_one_app(), "stay"),
    "a pipeline of steps in one run": (pipeline_of_steps(), "stay"),
    "a large tool of two commands that learns nothing": (tool(), "stay"),
    # run differently, on other hardware, with other libraries, or too large for one team
    "a trainer and a server": (stages("train", "serve"), "split"),
    "pages, and a command beside them, that learn nothing": (tool(serves=True), "split"),
    "a trainer, a server and a page": (
        stages("train", "serve", "web", externals={"serve": ("torch", "fastapi"), "web": ("streamlit",)}, size=60),
        "split",
    ),
    "a GPU trainer and the preparation of its data": (
        with_gpu(stages("data", "train", links=HANDED_OVER), "train"),
        "split",
    ),
    "two large jobs": (stages("data", "train", size=120, links=HANDED_OVER), "split"),
    "jobs with other libraries": (
        stages(
            "data",
            "train",
            size=60,
            links=HANDED_OVER,
            externals={"data": ("pyspark", "boto3"), "train": ("torch", "wandb")},
        ),
        "split",
    ),
    "two large programs that somebody runs by hand": (stages("data", "train", size=120), "stay"),
    "a study on a GPU beside another": (with_gpu(stages("data", "train", size=60), "train"), "stay"),
    "a server that asks for every row, and so takes that code": (loops_across(), "split"),
    "a page that starts the training": (trainer_from_a_route(), "split"),
    "a server on a GPU and a page": (
        with_gpu(
            stages("serve", "web", "train", size=60, externals={"web": ("streamlit",), "serve": ("torch",)}), "serve"
        ),
        "split",
    ),
    "a trainer, a server and nightly scoring": (
        stages("train", "serve", "score", size=80, externals={"score": ("pyspark",), "train": ("torch",)}),
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
