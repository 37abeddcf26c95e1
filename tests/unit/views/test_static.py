"""Pictures, tables and exports: readable, safe, the same every time."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from xml.etree import ElementTree

import msgspec
import pytest
import view_graphs
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from decompose import views
from decompose.errors import PlanError, RenderError
from decompose.ir.codec import decode_graph
from decompose.ir.findings import Span
from decompose.ir.graph import Asset, CodeGraph, Edge, Site, Unit
from decompose.ir.masking import mask
from decompose.views.flow import compose_flow
from decompose.views.html import as_json
from decompose.views.layout import sequence, slots
from decompose.views.links import accesses, links
from decompose.views.palette import LINK_STYLES, counted
from decompose.views.scene import LEVELS, Choice, common_prefix, compose, matches

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ['<b>"x"</b>', "a\\nb", "&lt;", "x];evil[", "\x00\x1b", "é…漢", "-->", "%"]


def renamed(graph: CodeGraph, old: str, new: str) -> CodeGraph:
    """Return the graph with one symbol, a function's, spelt in another way."""
    units = tuple(msgspec.structs.replace(u, symbol=u.symbol.replace(old, new)) for u in graph.units)
    edges = tuple(
        msgspec.structs.replace(e, source=e.source.replace(old, new), target=e.target.replace(old, new))
        for e in graph.edges
    )
    return msgspec.structs.replace(graph, units=units, edges=edges)


def shuffled(graph: CodeGraph) -> CodeGraph:
    """Return the same graph, everything in the other order."""
    fields = {name: tuple(reversed(getattr(graph, name))) for name in ("units", "edges", "modules", "assets", "states")}
    return msgspec.structs.replace(graph, **fields)


@pytest.mark.parametrize("level", LEVELS)
def test_every_view_is_drawn_right_after_install(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, where = view_graphs.shop_plan()
    monkeypatch.setattr(shutil, "which", lambda name: None)

    svg = views.render(views.dot_source(view_graphs.shop(), plan=plan, membership=where, level=level), "svg")

    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}text"))) > 8


def test_png_is_a_picture() -> None:
    assert views.render(views.dot_source(view_graphs.shop()), "png").startswith(b"\x89PNG")


def test_pdf_without_a_system_dot_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(RenderError, match="PDF needs a system Graphviz"):
        views.render("digraph {}", "pdf")


def test_bad_dot_is_one_clear_error() -> None:
    with pytest.raises(RenderError, match="Graphviz fails"):
        views.render("digraph { a -> ", "svg")


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_graph_in_any_order_gives_the_same_text(level: str) -> None:
    graph = view_graphs.shop()

    assert views.dot_source(graph, level=level) == views.dot_source(shuffled(graph), level=level)


@pytest.mark.parametrize("level", ["services", "modules", "functions"])
def test_ten_thousand_functions_are_gathered_into_few_boxes(level: str) -> None:
    graph, plan, where = view_graphs.made(10_000)

    scene = compose(graph, Choice(level=level, most=60), plan=plan, membership=where)

    assert len(scene.boxes) <= 60
    assert sum(box.size for box in scene.boxes) == 10_000
    assert len(scene.lines) <= 120


def test_too_many_modules_are_gathered_by_package_before_whole_parts() -> None:
    graph, plan, where = view_graphs.made(600)

    scene = compose(graph, Choice(most=30), plan=plan, membership=where)

    assert {box.shape for box in scene.boxes} & {"package"}
    assert len(scene.boxes) <= 30
    assert all(box.label for box in scene.boxes)
    assert "gather modules" in views.dot_source(graph, plan=plan, membership=where, most=30)


def test_assets_that_the_same_units_read_and_write_are_one_box() -> None:
    graph = view_graphs.shop()
    files = [f"data/day_{n}.csv" for n in range(8)]
    assets = tuple(Asset(symbol=f"asset:{name}", kind="file", name=name, format="csv") for name in files)
    reads = tuple(view_graphs._edge("shop.ingest:load_orders", asset.symbol, "read", 7) for asset in assets)
    graph = msgspec.structs.replace(graph, assets=(*graph.assets, *assets), edges=(*graph.edges, *reads))

    scene = compose_flow(graph, Choice("pipeline"), plan=None, membership=None)

    [box] = [box for box in scene.boxes if "day_" in box.label]
    assert len(set(box.label.split("\n")) & set(files)) >= 5
    assert "more" in box.detail
    assert sum(line.source == box.key for line in scene.lines) == 1


def test_modules_that_no_line_reaches_are_named_in_one_box() -> None:
    graph = view_graphs.shop()
    idle = [f"shop.idle_{n}" for n in range(20)]
    spans = [Span(f"shop/idle_{n}.py", 1) for n in range(20)]
    units = tuple(Unit(symbol=f"{m}:f", kind="function", module=m, span=s) for m, s in zip(idle, spans, strict=True))
    graph = msgspec.structs.replace(graph, units=(*graph.units, *units))

    scene = compose(graph, Choice(), plan=None, membership=None)

    [box] = [box for box in scene.boxes if box.shape == "list"]
    assert box.size >= 20
    assert "idle_0" in box.label and box.label.endswith("more")
    assert not any(line.source == box.key or line.target == box.key for line in scene.lines)


def test_between_parts_no_line_is_left_out_however_many_need_one() -> None:
    graph, _, _ = view_graphs.made(2_000)
    modules = sorted({unit.module for unit in graph.units})
    where = {unit.symbol: f"part{modules.index(unit.module) % 9}" for unit in graph.units}
    hub = next(unit.symbol for unit in graph.units if where[unit.symbol] == "part0")
    calls = tuple(Edge(source=u.symbol, target=hub, kind="call", sites=(Site(u.span.path, 1),)) for u in graph.units)
    graph = msgspec.structs.replace(graph, edges=calls)

    scene = compose(graph, Choice("services"), plan=None, membership=where)

    assert {line.source for line in scene.lines if line.target == "group part0"} == {
        f"group part{n}" for n in range(1, 9)
    }


def test_the_legend_shows_each_kind_as_it_is_drawn() -> None:
    dot = views.dot_source(view_graphs.shop(), level="assets")

    assert "arrowhead=vee" in dot and "≻" in dot
    assert "arrowhead=diamond" in dot and "◆" in dot


def test_what_all_names_begin_with_is_left_out() -> None:
    names = ["shop.a", "shop.b.c", "tool"]

    assert common_prefix(names) == "shop."
    assert common_prefix(["a.b", "c.d", "e"]) == ""
    assert common_prefix([]) == ""


def test_focus_shows_the_neighbours_and_no_more() -> None:
    near = compose(
        view_graphs.shop(), Choice("functions", focus=("shop.registry:promote",)), plan=None, membership=None
    )
    far = compose(
        view_graphs.shop(), Choice("functions", focus=("shop.registry:promote",), depth=2), plan=None, membership=None
    )

    assert {box.label for box in near.boxes} == {"promote", "Trainer", "save_object"}
    assert {box.label for box in near.boxes} < {box.label for box in far.boxes}


def test_hidden_units_are_counted() -> None:
    scene = compose(view_graphs.shop(), Choice("functions", hide=("shop.train",)), plan=None, membership=None)

    assert not any("shop.train" in box.key for box in scene.boxes)
    assert scene.hidden_units >= 3


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("a.b", True), ("a", True), ("a.b:f", True), ("a.*", True), ("a.b:g", False), ("a.bc", False), ("b", False)],
)
def test_a_pattern_names_symbols_modules_and_packages(pattern: str, expected: bool) -> None:
    assert matches("a.b:f", [pattern]) is expected


def test_a_line_tells_its_places() -> None:
    scene = compose(view_graphs.shop(), Choice("modules"), plan=None, membership=None)

    line = next(line for line in scene.lines if "shop.features" in line.source and "shop.ingest" in line.target)
    assert "shop/features.py:15 build_features -> load_events" in line.tooltip


def test_possible_lines_are_dashed_and_empty_headed() -> None:
    dot = views.dot_source(view_graphs.shop(), level="functions")

    assert "arrowtail=empty" in dot


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_hostile_name_stays_a_label(evil: str) -> None:
    graph = renamed(view_graphs.shop(), "train_model", evil)

    svg = ElementTree.fromstring(views.render(views.dot_source(graph, level="functions"), "svg"))
    plain = ElementTree.fromstring(views.render(views.dot_source(view_graphs.shop(), level="functions"), "svg"))

    assert len(list(svg.iter(f"{SVG}g"))) == len(list(plain.iter(f"{SVG}g")))


def test_an_unknown_view_or_format_names_the_known_ones() -> None:
    with pytest.raises(RenderError) as view:
        views.dot_source(view_graphs.shop(), level="stars")
    with pytest.raises(RenderError) as format:
        views.export(view_graphs.shop(), "docx")

    assert "pipeline" in view.value.hint
    assert "graphml" in format.value.hint


def test_the_summary_counts_and_ends_with_what_was_not_understood() -> None:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(views.summary(view_graphs.shop()))
    text = console.export_text()

    assert "1 analysed, 1 skipped" in text
    assert "data/clean.parquet" in text and "DC301 warning" in text
    assert text.rstrip().splitlines()[-1].startswith("not understood: 3 call sites of 60 (dynamic attribute 2")


def test_the_plan_is_a_tree_with_its_verdict() -> None:
    plan, _ = view_graphs.shop_plan()
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(views.plan_summary(plan, view_graphs.shop()))
    text = console.export_text()

    assert text.startswith("verdict: split")
    assert "training  job, 5 units" in text
    assert "shop.evaluate:report  evaluate" in text


def test_names_in_the_terminal_are_no_markup() -> None:
    graph = msgspec.structs.replace(view_graphs.shop(), name="[red]x[/red]")
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(views.summary(graph))

    assert "[red]x[/red]" in console.export_text()


def test_json_reads_back_as_the_same_graph(tmp_path: object) -> None:
    graph = view_graphs.shop()

    assert decode_graph(views.export(graph, "json"), path=tmp_path) == graph  # type: ignore[arg-type]


def test_graphml_holds_every_edge_and_is_xml() -> None:
    graph = renamed(view_graphs.shop(), "train_model", '"<&\x01>')
    tree = ElementTree.fromstring(views.export(graph, "graphml"))
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}

    assert len(tree.findall(".//g:edge", space)) == len(graph.edges)
    names = {node.get("id") for node in tree.findall(".//g:node", space)}
    assert {end.get(side) for end in tree.findall(".//g:edge", space) for side in ("source", "target")} <= names


def test_csv_has_a_row_an_edge_and_no_formula() -> None:
    graph = view_graphs.shop()
    evil = Edge(source="=cmd()", target="+1", kind="call", sites=(Site("x.py", 1),))
    rows = list(
        csv.DictReader(
            io.StringIO(views.export(msgspec.structs.replace(graph, edges=(*graph.edges, evil)), "csv").decode())
        )
    )

    assert len(rows) == len(graph.edges) + 1
    assert rows[-1]["source"] == "'=cmd()"


def test_mermaid_stays_below_the_limits_of_the_hosts() -> None:
    graph, plan, where = view_graphs.made(3_000)
    text = views.mermaid(graph, plan=plan, membership=where, choice=Choice(level="modules", most=300))

    assert len(text) < 50_000
    assert sum("-->" in line for line in text.splitlines()) <= 60


def test_mermaid_shows_what_is_asked_for() -> None:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()

    text = views.export(graph, "mermaid", plan=plan, membership=where, level="functions", hide=("shop.serve",)).decode()

    assert "predict" not in text and "Trainer" in text
    with pytest.raises(RenderError, match="no diagram of `pipeline`"):
        views.export(graph, "mermaid", level="pipeline")


def test_markdown_needs_a_plan() -> None:
    with pytest.raises(RenderError, match="there is none"):
        views.export(view_graphs.shop(), "markdown")


def test_links_are_counted_in_words() -> None:
    assert [counted(kind, 1) for kind in LINK_STYLES] == [
        "1 call", "1 data asset", "1 shared state", "1 type or import", "1 value flow",
    ]  # fmt: skip
    assert [counted(kind, 2) for kind in LINK_STYLES] == [
        "2 calls", "2 data assets", "2 shared states", "2 types or imports", "2 value flows",
    ]  # fmt: skip


def test_mermaid_labels_cannot_leave_their_quotes() -> None:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    evil = {symbol: 'x"]; click n0 "javascript:alert(1)' if name == "etl" else name for symbol, name in where.items()}

    nodes = [line for line in views.mermaid(graph, plan=plan, membership=evil).splitlines() if "click" in line]
    assert nodes
    assert all(line.count('"') == 2 and "#34;#93;" in line for line in nodes)


def test_markdown_begins_with_the_marker_and_shows_the_change() -> None:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    before = views.measure(graph, plan, where)
    text = views.markdown(graph, plan, previous=replace(before, remote=99))

    assert text.startswith("<!-- decompose -->")
    assert "| remote calls | 99 | 8 |" in text


def test_an_explanation_tells_role_place_and_neighbours() -> None:
    facts = views.explanation(view_graphs.shop(), ["shop.train:train_model"], membership=view_graphs.shop_plan()[1])

    assert facts["service"] == "training"
    assert facts["roles"][0]["role"] == "training"
    assert "call shop.train:Trainer.fit  shop/train.py:9" in facts["text"]


def test_two_symbols_are_explained_by_their_edges() -> None:
    facts = views.explanation(view_graphs.shop(), ["shop.train", "shop.ingest"])

    assert [edge["places"] for edge in facts["edges"]] == [["shop/train.py:6"]]


def test_the_lines_of_an_edge_are_quoted_and_secrets_masked() -> None:
    lines = {"shop/train.py": [""] * 5 + ["rows = load(password='hunter2hunter2')"]}

    text = views.explanation(view_graphs.shop(), ["shop.train", "shop.ingest"], lines=lines)["text"]

    assert "shop/train.py:6  rows = load(password='" in text
    assert "hunter2" not in text


def test_a_place_in_a_notebook_is_named_by_its_cell() -> None:
    cell = Unit("n.ipynb:cell_2", kind="cell", module="n.ipynb", span=Span("n.ipynb", 4, end_line=9))
    edge = Edge(source="n.ipynb:cell_2", target="m:f", kind="call", sites=(Site("n.ipynb", 6),))
    graph = msgspec.structs.replace(view_graphs.shop(), units=(cell,), edges=(edge,))

    facts = views.explanation(graph, ["n.ipynb:cell_2"])

    assert facts["place"] == "n.ipynb:cell_2:1"
    assert facts["needs"][0]["places"] == ["n.ipynb:cell_2:3"]


def test_an_unknown_symbol_gets_a_hint() -> None:
    with pytest.raises(PlanError) as error:
        views.explanation(view_graphs.shop(), ["shop.train:train_modle"])
    assert "`shop.train:train_model`" in error.value.hint


def test_links_keep_certain_and_possible_apart() -> None:
    certain = Edge(source="m:f", target="m:g", kind="call", sites=(Site("m.py", 1),))
    possible = Edge(source="m:f", target="m:g", kind="call", confidence="possible", sites=(Site("m.py", 2),))
    base = view_graphs.shop()
    units = tuple(Unit(symbol=f"m:{n}", kind="function", module="m", span=base.units[0].span) for n in "fg")
    graph = CodeGraph(name="x", digest="", modules=(), units=units, edges=(certain, possible))

    assert [(link.is_certain, link.count) for link in links(graph)] == [(True, 1), (False, 1)]


def test_readers_depend_on_writers_through_an_asset() -> None:
    found = [(x.source, x.target) for x in links(view_graphs.shop()) if x.via == "asset:models/{name}.pkl"]

    assert found == [("shop.serve:predict", "shop.train:Trainer")]
    assert {a.mode for a in accesses(view_graphs.shop())} == {"read", "write", "state_read", "state_write"}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('API_KEY = "abc-123-xyz"', "abc-123"),
        ("password='hunter2hunter2'", "hunter2"),
        ("client(token=f'sk-abcdefghijklmnop1234')", "abcdefgh"),
        ("url = 'postgres://me:s3cret@db/x'", "s3cret"),
        ("os.environ['AWS_SECRET_ACCESS_KEY'] = 'q83nfjs'", "q83nfjs"),
        ("k = 'AKIAABCDEFGHIJKLMNOP'", "AKIAABCD"),
        ("h = {'Authorization': 'Bearer 9f8a7d6c'}", "9f8a7d6c"),
    ],
)
def test_secrets_in_source_lines_are_masked(line: str, secret: str) -> None:
    assert secret not in mask(line)
    assert "•••" in mask(line)


@pytest.mark.parametrize(
    "line", ["save(token_count, path)", "model.fit(X, y, epochs=10)", "tokenizer = load('bert-base-uncased')"]
)
def test_plain_lines_stay_as_they_are(line: str) -> None:
    assert mask(line) == line


def test_json_in_the_page_cannot_end_its_script() -> None:
    text = as_json({"x": "</script><!--\u2028&"})

    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"x": "</script><!--\u2028&"}


NAMES = st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=12, unique=True)
WEIGHTS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from("abcdefghijkl")), st.floats(0.1, 9.0)
)


@given(NAMES, WEIGHTS)
def test_a_sequence_holds_every_name_once(names: list[str], weights: dict[tuple[str, str], float]) -> None:
    assert sorted(sequence(names, weights)) == sorted(names)


@given(NAMES, WEIGHTS)
def test_no_two_boxes_share_a_slot_in_any_order(names: list[str], weights: dict[tuple[str, str], float]) -> None:
    placed = slots(names, weights)

    assert sorted(placed) == sorted(names)
    assert len(set(placed.values())) == len(names)
    assert slots(names[::-1], dict(reversed(weights.items()))) == placed


def test_a_chain_reads_from_what_is_needed_to_what_needs_it() -> None:
    placed = slots(["use", "make", "serve"], {("use", "make"): 1.0, ("serve", "use"): 1.0})

    assert placed["make"] <= placed["use"] <= placed["serve"]
