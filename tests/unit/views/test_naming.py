"""An edge whose own lines do not name what it leads to shows where the name stands."""

from __future__ import annotations

from decompose import views
from decompose.ir.findings import Span
from decompose.ir.graph import Asset, CodeGraph, Edge, Module, Site, Unit

APP = '''\
"""Dispatch: run is a word of this text, too."""
from app.jobs import run  # run
HANDLERS = {"run": run}


def main(name):
    HANDLERS[name]()
    return load("models/" + KIND + ".pkl")
'''.splitlines()
JOBS = """\
@keep
# def run
def run():
    save("churn", ".pkl")
""".splitlines()


def system(*edges: Edge) -> CodeGraph:
    units = (
        Unit(symbol="app.main:main", kind="function", module="app.main", span=Span("app/main.py", 6, 8)),
        Unit(symbol="app.jobs:run", kind="function", module="app.jobs", span=Span("app/jobs.py", 1, 4)),
    )
    return CodeGraph(
        name="app", digest="x", units=units, edges=edges,
        modules=tuple(Module(name=f"app.{n}", path=f"app/{n}.py", kind="module") for n in ("jobs", "main")),
        assets=(Asset(symbol="asset:models/churn.pkl", kind="file", name="models/churn.pkl"),),
    )  # fmt: skip


def call(line: int) -> Edge:
    return Edge(source="app.main:main", target="app.jobs:run", kind="call", sites=(Site("app/main.py", line),))


def further(graph: CodeGraph, lines: dict[str, list[str]]) -> str:
    """Return the second line of the only link, as `PATH:LINE reason`; empty without one."""
    content = views.page_data(graph, lines=lines)
    (link,) = content["links"]
    if link[8] < 0:
        return ""
    path, line, *words = content["places"][link[8]]
    return f"{content['strings'][path]}:{line} {content['strings'][words[3]]}"


def test_a_call_through_a_table_shows_where_the_function_was_put_into_it() -> None:
    assert further(system(call(7)), {"app/main.py": APP, "app/jobs.py": JOBS}) == "app/main.py:3 named here"


def test_a_call_by_name_needs_no_second_line() -> None:
    assert further(system(call(3)), {"app/main.py": APP, "app/jobs.py": JOBS}) == ""


def test_what_is_named_nowhere_else_is_shown_where_it_is_defined() -> None:
    silent = ["" if "run" in line else line for line in APP]

    assert further(system(call(7)), {"app/main.py": silent, "app/jobs.py": JOBS}) == "app/jobs.py:3 defined here"


def test_an_asset_whose_path_is_put_together_shows_the_text_that_names_it() -> None:
    read = Edge(source="app.main:main", target="asset:models/churn.pkl", kind="read", sites=(Site("app/main.py", 8),))
    write = Edge(source="app.jobs:run", target="asset:models/churn.pkl", kind="write", sites=(Site("app/jobs.py", 1),))

    assert further(system(read, write), {"app/main.py": APP, "app/jobs.py": JOBS}) == "app/jobs.py:4 named here"


def test_an_asset_that_is_called_as_a_function_is_shows_the_function() -> None:
    read = Edge(source="app.main:main", target="asset:out/keep", kind="read", sites=(Site("app/main.py", 8),))
    write = Edge(source="app.jobs:run", target="asset:out/keep", kind="write", sites=(Site("app/jobs.py", 4),))

    assert further(system(read, write), {"app/main.py": APP, "app/jobs.py": JOBS}) == "app/jobs.py:1 named here"


def test_without_the_source_nothing_is_claimed() -> None:
    assert further(system(call(7)), {}) == ""
