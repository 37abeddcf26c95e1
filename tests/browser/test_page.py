"""The page as a person uses it: pointer, keyboard, both themes."""

# ruff: noqa: E501

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import Any

import pytest
import view_graphs

from decompose import views
from decompose.boundary import parse_plan
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Asset, CodeGraph, Edge, Module, Site, Unit
from decompose.ir.membership import membership
from decompose.ir.plan import Plan, ServicePlan

Open = Callable[..., Any]
KEY = "[data-key='{}']"


def shop_page() -> str:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    lines = {module.path: [f"line {n} of {module.name}" for n in range(1, 60)] for module in graph.modules}
    return views.page(graph, plan, membership=where, lines=lines)


def figure(page: Any, name: str) -> str:
    """Return one of the figures of the whole, from the panel, with nothing selected."""
    return str(page.locator(".panel .figures > div", has_text=name).locator("dd").inner_text())


def state(page: Any) -> dict[str, Any]:
    """Return where each unit stands and the live figures."""
    result: dict[str, Any] = page.evaluate(
        """() => { const s = decompose.store; return {
        of: Object.fromEntries(s.model.units.map((u) => [u.symbol, s.groups[s.of[u.id]].name])),
        cut: s.figures.cut, remote: s.figures.remote, cyclic: s.figures.cyclic, done: s.done.length } }"""
    )
    return result


def drag(page: Any, source: str, target: str) -> None:
    start, end = (page.locator(KEY.format(key)).bounding_box() for key in (source, target))
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=8)
    page.mouse.up()


def test_every_view_opens(open_page: Open) -> None:
    page = open_page(shop_page())

    for name in ("matrix", "table", "assets", "findings", "compare", "map"):
        page.click(f"#tab-{name}")
        assert page.get_attribute(f"#tab-{name}", "aria-selected") == "true"
        assert page.locator("#stage").bounding_box()["height"] > 400


def test_a_service_opens_in_place_and_its_siblings_stay(open_page: Open) -> None:
    page = open_page(shop_page())

    page.dblclick(KEY.format("g:training"))

    assert page.locator(KEY.format("m:training/shop.train")).is_visible()
    assert page.locator(KEY.format("g:etl")).is_visible()


def test_an_edge_shows_its_lines(open_page: Open) -> None:
    page = open_page(shop_page(), "#sel=g:features>g:etl")

    evidence = page.locator(".evidence li")

    assert evidence.count() == 1
    assert "shop/features.py:15" in evidence.inner_text()
    assert "line 15 of shop.features" in evidence.inner_text()


def test_every_drawn_edge_has_evidence(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,g:serving,g:etl,g:features")

    keys = page.evaluate("[...document.querySelectorAll('.edge')].map((e) => e.dataset.edge)")
    counts = []
    for key in keys:
        page.evaluate("(key) => { decompose.store.selected = key; decompose.store.changed() }", key)
        counts.append(page.locator(".evidence li").count())

    assert len(keys) > 5
    assert min(counts) >= 1


def test_dragging_moves_a_unit_and_undo_brings_it_back(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train")
    before = state(page)

    drag(page, "u:shop.train:search", "g:features")
    moved = state(page)
    page.keyboard.press("Control+z")

    assert moved["of"]["shop.train:search"] == "features"
    assert moved["cut"] != before["cut"]
    assert state(page) == before


def test_a_dragged_module_takes_all_its_units(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training")

    drag(page, "m:training/shop.registry", "g:monitor")

    assert state(page)["of"]["shop.registry:promote"] == "monitor"
    assert state(page)["done"] == 1


def test_the_ghost_says_what_a_drop_would_change(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train")
    start = page.locator(KEY.format("u:shop.train:search")).bounding_box()
    end = page.locator(KEY.format("g:features")).bounding_box()
    before = state(page)

    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 30, steps=6)
    ghost = page.locator(".carry").inner_text()
    page.keyboard.press("Escape")
    page.mouse.up()
    after = state(page)

    assert "to features: coupling +" in ghost
    change = float(ghost.split("coupling +")[1].split(" ")[0])
    assert after["cut"] - before["cut"] == pytest.approx(change)


def test_dropping_on_the_ground_asks_for_a_new_service(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train")
    start = page.locator(KEY.format("u:shop.train:search")).bounding_box()

    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(60, 110, steps=6)
    page.mouse.up()
    page.keyboard.type("tuning")
    page.keyboard.press("Enter")

    assert state(page)["of"]["shop.train:search"] == "tuning"
    assert page.locator(KEY.format("g:tuning")).is_visible()


def test_a_whole_task_by_keyboard_alone(open_page: Open) -> None:
    page = open_page(shop_page())

    page.keyboard.press("/")
    page.keyboard.type("promote")
    page.keyboard.press("Enter")
    page.keyboard.press("m")
    page.keyboard.type("serving")
    page.keyboard.press("Enter")
    moved = state(page)["of"]["shop.registry:promote"]
    page.keyboard.press("l")
    locked = page.evaluate("decompose.currentPlan().services.find((s) => s.name === 'serving').locked")
    page.keyboard.press("u")
    page.keyboard.press("u")

    assert moved == "serving"
    assert locked == ["shop.registry:promote"]
    assert state(page)["of"]["shop.registry:promote"] == "training"


def test_arrows_walk_the_tree(open_page: Open) -> None:
    page = open_page(shop_page())
    page.locator(KEY.format("g:etl")).focus()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    inside = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("ArrowLeft")
    outside = page.evaluate("document.activeElement.dataset.key")

    assert inside.startswith("m:etl/")
    assert outside == "g:etl"
    assert page.locator(KEY.format("g:etl")).get_attribute("aria-expanded") == "true"


def test_a_locked_unit_does_not_move(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train&sel=u:shop.train:search")
    page.locator(KEY.format("u:shop.train:search")).focus()
    page.keyboard.press("l")

    drag(page, "u:shop.train:search", "g:features")

    assert state(page)["of"]["shop.train:search"] == "training"


def test_rename_merge_and_note_reach_the_plan(open_page: Open) -> None:
    page = open_page(shop_page(), "#sel=g:monitor")
    page.keyboard.press("r")
    page.keyboard.type("watch")
    page.keyboard.press("Enter")
    page.fill(".panel textarea >> nth=1", "asked by the team")
    page.keyboard.press("Tab")
    page.evaluate("decompose.store.selected = 'g:scoring'; decompose.store.changed()")
    page.click("text=Merge into")
    page.keyboard.type("serving")
    page.keyboard.press("Enter")

    plan = Plan.model_validate(page.evaluate("decompose.currentPlan()"))

    by_name = {service.name: service for service in plan.services}
    assert by_name["watch"].note == "asked by the team"
    assert "scoring" not in by_name and "monitor" not in by_name
    assert membership(plan, view_graphs.shop())["shop.batch:score_batch"] == "serving"


def test_the_downloaded_plan_says_what_the_page_shows(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train")
    drag(page, "u:shop.train:search", "g:features")

    with page.expect_download() as caught:
        page.click("text=Download plan")
    text = caught.value.path().read_text("utf-8")

    plan = parse_plan(text, "decompose.yaml")
    assert membership(plan, view_graphs.shop()) == state(page)["of"]


def test_moving_one_unit_changes_two_lines(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train")
    before = page.evaluate("decompose.toYaml(decompose.currentPlan())").splitlines()

    drag(page, "u:shop.train:search", "g:features")

    after = page.evaluate("decompose.toYaml(decompose.currentPlan())").splitlines()
    changed = [
        line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[0] in "+-" and line[1:2] == " "
    ]
    assert [line.strip("+ ").strip("- ") for line in changed] == ["shop.train:search"] * 2


def test_a_deep_link_opens_what_it_names(open_page: Open) -> None:
    page = open_page(shop_page(), "#view=map&open=g:serving,m:serving/shop.serve&sel=u:shop.serve:predict")

    assert page.locator(KEY.format("u:shop.serve:predict")).get_attribute("aria-selected") == "true"
    assert page.locator(".panel h2").inner_text() == "predict"


def test_the_address_follows_the_person(open_page: Open) -> None:
    page = open_page(shop_page())

    page.dblclick(KEY.format("g:etl"))
    page.click("#tab-table")

    assert "view=table" in page.url
    assert "open=g%3Aetl" in page.url


def test_focus_and_hide_leave_out_the_rest(open_page: Open) -> None:
    page = open_page(shop_page(), "#sel=g:monitor")

    page.click(".panel >> text=Focus")
    focused = page.locator(".node.group:not(.aside)").count()
    page.keyboard.press("Escape")
    page.evaluate("decompose.store.hidden.push('shop.train'); decompose.store.changed()")

    assert 1 < focused < 6
    assert page.locator(KEY.format("g:training")).get_attribute("aria-label").find("2 units") > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_can_be_switched(open_page: Open, scheme: str) -> None:
    page = open_page(shop_page(), scheme=scheme)
    other = {"light": "dark", "dark": "light"}[scheme]

    before = page.evaluate("[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]")
    page.click("[aria-label='Switch between light and dark']")
    after = page.evaluate("[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]")

    assert (before[0], after[0]) == (scheme, other)
    assert before[1] != after[1]


def test_the_table_filters_and_sorts(open_page: Open) -> None:
    page = open_page(shop_page(), "#view=table")
    every = page.locator(".list tbody tr").count()

    page.fill("input[aria-label='Filter edges by name']", "drift")

    assert every > 6
    assert page.locator(".list tbody tr").count() == 2
    page.click("th >> text=Unit")
    assert page.locator("th[aria-sort='ascending']").count() == 1


def test_the_matrix_answers_the_keyboard(open_page: Open) -> None:
    page = open_page(shop_page(), "#view=matrix")
    page.locator("canvas").focus()

    for _ in range(40):
        page.keyboard.press("ArrowRight")
        if "nothing" not in page.locator(".matrix .sr").inner_text():
            break
    page.keyboard.press("ArrowDown")

    assert "uses" in page.locator(".matrix .sr").inner_text()


def test_assets_tell_who_writes_and_who_reads(open_page: Open) -> None:
    page = open_page(shop_page(), "#view=assets")

    card = page.locator("article.flow", has_text="models/{name}.pkl")

    assert "crosses parts" in card.inner_text()
    assert "Trainer" in card.locator(".users").first.inner_text()
    assert "nobody writes it" in page.locator("article.flow", has_text="data/raw.csv").inner_text()


def test_settings_stand_apart_from_the_data(open_page: Open) -> None:
    units = (Unit(symbol="m:f", kind="function", module="m", span=Span("m.py", 1)),)
    names = (("env:TOKEN", "env"), ("asset:conf.yaml", "config"), ("asset:x.csv", "file"))
    graph = CodeGraph(
        name="x", digest="x", modules=(Module(name="m", path="m.py", kind="module"),), units=units,
        assets=tuple(Asset(symbol=symbol, kind=kind, name=symbol.partition(":")[2]) for symbol, kind in names),
        edges=tuple(Edge(source="m:f", target=symbol, kind="read", sites=(Site("m.py", 1),)) for symbol, _ in names),
    )  # fmt: skip
    page = open_page(views.page(graph), "#view=assets")

    data = page.locator("article.flow").all_inner_texts()
    heads = page.locator(".heads").inner_text()
    page.select_option("select[aria-label='Which assets']", "settings")
    settings = page.locator("article.flow").all_inner_texts()

    assert [text for text in data if "x.csv" in text] == data
    assert "written by" in heads and "read by" in heads
    assert len(settings) == 2
    assert "set by whoever starts it" in next(text for text in settings if "TOKEN" in text)


def test_pictures_of_the_map_can_be_saved(open_page: Open) -> None:
    page = open_page(shop_page())

    page.click("summary:has-text('Export')")
    with page.expect_download() as caught:
        page.click("text=Picture of the map (SVG)")
    svg = caught.value.path().read_text("utf-8")

    assert svg.startswith("<svg")
    assert "training" in svg and "<script" not in svg and "class=" not in svg


def test_boxes_never_overlap_and_labels_stay_inside(open_page: Open) -> None:
    graph, plan, where = view_graphs.made(600)
    text = views.page(graph, plan, membership=where)
    page = open_page(text, "#open=g:part_0,g:part_3,m:part_0/sys.part_0.mod000,g:part_7")

    boxes = page.evaluate(
        """[...document.querySelectorAll('.node')].map((n) => { const r = n.querySelector('.body').getBoundingClientRect();
        return { key: n.dataset.key, x: r.left, y: r.top, r: r.right, b: r.bottom, level: +n.getAttribute('aria-level'),
                 labels: [...n.querySelectorAll('text')].every((t) => { const q = t.getBoundingClientRect(); return q.left >= r.left - 1 && q.right <= r.right + 1 }) } })"""
    )

    assert [box["key"] for box in boxes if not box["labels"]] == []
    for level in (1, 2, 3):
        inside = [box for box in boxes if box["level"] == level]
        for number, one in enumerate(inside):
            for other in inside[number + 1 :]:
                apart = (
                    one["r"] <= other["x"] or other["r"] <= one["x"] or one["b"] <= other["y"] or other["b"] <= one["y"]
                )
                assert apart, (one["key"], other["key"])


def test_live_figures_equal_a_recount_and_python(open_page: Open) -> None:
    graph, plan, where = view_graphs.made(300)
    page = open_page(views.page(graph, plan, membership=where))

    page.evaluate(
        """() => { let seed = 7; const next = (n) => (seed = (seed * 48271) % 2147483647) % n; const s = decompose.store;
        const units = s.model.units.length, groups = s.groups.length;
        for (let i = 0; i < 10000; i++) s.ledger.move(next(units), next(groups));
        s.refigure(); }"""
    )
    live = state(page)
    page.evaluate("decompose.store.recount()")
    counted = state(page)
    known = views.measure(graph, plan, live["of"])

    assert live == counted
    assert (live["cut"], live["remote"], live["cyclic"]) == (known.cut, known.remote, known.cyclic)


def test_the_same_plan_gives_the_same_places(open_page: Open) -> None:
    where = "() => [...document.querySelectorAll('.node')].map((n) => n.dataset.key + n.getAttribute('transform'))"
    text = shop_page()

    first = open_page(text, "#open=g:training").evaluate(where)
    second = open_page(text, "#open=g:training").evaluate(where)

    assert first == second


def test_a_move_between_closed_services_moves_no_box(open_page: Open) -> None:
    page = open_page(shop_page())
    where = "() => [...document.querySelectorAll('.node')].map((n) => n.dataset.key + n.getAttribute('transform'))"
    before = page.evaluate(where)

    page.keyboard.press("/")
    page.keyboard.type("promote")
    page.evaluate("document.querySelector('dialog').close()")
    page.evaluate("decompose.store.ledger && 0")
    page.evaluate(
        "(() => { const s = decompose.store, u = s.model.unitBySymbol.get('shop.registry:promote'); "
        "s.ledger.move(u, s.groups.findIndex((g) => g.name === 'serving')); s.refigure(); s.changed() })()"
    )

    assert page.evaluate(where) == before


EVIL = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "${alert(1)}", "'\"`><svg/onload=alert(1)>",
    "javascript:alert(1)", "\u202egnp.exe", "a" * 400, "{{7*7}}", "__proto__", "constructor", "\x00\x1b[31m", "]]>", "<!--",
)  # fmt: skip


def test_hostile_names_are_only_text(open_page: Open) -> None:
    units = tuple(
        Unit(symbol=f"m{n}:{name}", kind="function", module=f"m{n}", span=Span(name, 1), doc=name)
        for n, name in enumerate(EVIL)
    )
    edges = tuple(
        Edge(source=units[n].symbol, target=units[n - 1].symbol, kind="call", sites=(Site(name, 1, text=name),))
        for n, name in enumerate(EVIL)
    )
    modules = tuple(Module(name=f"m{n}", path=name, kind="module") for n, name in enumerate(EVIL))
    findings = tuple(Finding("DC1", "error", Span(name, 1), name, name) for name in EVIL)
    graph = CodeGraph(name=EVIL[1], digest="x", modules=modules, units=units, edges=edges, findings=findings)
    plan = Plan(system="x", services=(ServicePlan(name="a", because=EVIL[0], members=("*",)),))
    text = views.page(graph, plan, lines={name: [name] for name in EVIL})

    page = open_page(text, "#open=g:a,m:a/m0,m:a/m1,m:a/m8&sel=u:m0:" + "x")
    for name in ("matrix", "table", "assets", "findings", "compare", "map"):
        page.click(f"#tab-{name}")
    for unit in units:
        page.evaluate("(key) => { decompose.store.selected = key; decompose.store.changed() }", f"u:{unit.symbol}")

    assert page.locator("#app img, #app script, #app iframe").count() == 0
    assert page.evaluate("document.scripts.length") == 2


def test_the_policy_forbids_everything_else(open_page: Open) -> None:
    text = shop_page()

    policy = text.split('Content-Security-Policy" content="')[1].split('"')[0].replace("&#39;", "'")

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy and "connect-src 'none'" in policy
    assert open_page(text).title() == "shop: decompose"


def test_thirty_thousand_functions_open_within_the_budget(open_page: Open) -> None:
    graph, plan, where = view_graphs.made(30_000)
    page = open_page(views.page(graph, plan, membership=where))

    page.evaluate(
        "for (const g of decompose.store.groups) decompose.store.open.add('g:' + g.name); decompose.store.changed()"
    )

    assert page.locator(".node").count() <= 1500 + 8
    assert page.locator(".edge").count() <= 1500
    assert json.loads(page.evaluate("JSON.stringify(decompose.store.figures.cyclic)")) == 8
