"""The map at size: packages inside parts, lines beside boxes, splitting."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import view_graphs

from decompose import views
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Module, Site, Unit
from decompose.ir.plan import Plan, ServicePlan

Open = Callable[..., Any]
KEY = "[data-key='{}']"

HITS = """() => { const bad = [];
  const boxes = [...document.querySelectorAll('.node.group:not(.aside)')].map((n) => { const r = n.querySelector('.body').getBoundingClientRect(); return { key: n.dataset.key.slice(2), l: r.left + 2, t: r.top + 2, r: r.right - 2, b: r.bottom - 2 } });
  const groupOf = (key) => key[0] === 'g' ? key.slice(2) : decompose.store.groups[decompose.store.of[decompose.store.model.unitBySymbol.get(key.slice(2))]]?.name ?? key.slice(2).split('/')[0];
  for (const edge of document.querySelectorAll('.edge')) {
    const ends = edge.dataset.edge.split('>').map(groupOf), path = edge.querySelector('.stroke'), matrix = path.getScreenCTM(), all = path.getTotalLength();
    for (let n = 0; n <= 60; n++) {
      const p = path.getPointAtLength((all * n) / 60).matrixTransform(matrix);
      for (const x of boxes) if (!ends.includes(x.key) && p.x > x.l && p.x < x.r && p.y > x.t && p.y < x.b) bad.push(edge.dataset.edge + ' through ' + x.key);
    }
  }
  return [...new Set(bad)]; }"""


def layered(packages: int = 4, modules: int = 8) -> tuple[CodeGraph, Plan]:
    """Return one large part of several packages, and a small one that uses each of them."""
    names = [f"big.p{p}.m{m}" for p in range(packages) for m in range(modules)]
    every = [*names, "small.app"]
    units = tuple(Unit(symbol=f"{m}:f", kind="function", module=m, span=Span(f"{m}.py", 1)) for m in every)
    edges = tuple(
        Edge(source="small.app:f", target=f"{m}:f", kind="call", sites=(Site("small/app.py", n + 1),))
        for n, m in enumerate(names)
    )
    records = tuple(Module(name=m, path=f"{m}.py", kind="module") for m in every)
    graph = CodeGraph(name="layered", digest="l", modules=records, units=units, edges=edges)
    return graph, Plan(
        system="layered",
        services=(ServicePlan(name="big", members=("big.*",)), ServicePlan(name="small", members=("small.*",))),
    )


def shop_page() -> str:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    return views.page(graph, plan, membership=where)


def place_of(page: Any, symbol: str) -> str:
    return str(
        page.evaluate(
            "(s) => decompose.store.groups[decompose.store.of[decompose.store.model.unitBySymbol.get(s)]].name", symbol
        )
    )


@pytest.mark.parametrize("size", [300, 1200])
def test_no_line_runs_through_a_box_of_others(open_page: Open, size: int) -> None:
    graph, plan, where = view_graphs.made(size)
    page = open_page(views.page(graph, plan, membership=where))

    assert page.locator(".edge").count() > 20
    assert page.evaluate(HITS) == []


def test_lines_go_round_an_opened_box_too(open_page: Open) -> None:
    graph, plan, where = view_graphs.made(300)
    page = open_page(views.page(graph, plan, membership=where), "#open=g:part_2")

    assert page.evaluate(HITS) == []


def test_a_large_part_opens_into_packages_and_those_into_modules(open_page: Open) -> None:
    page = open_page(views.page(*layered()))

    page.dblclick(KEY.format("g:big"))
    packages = page.locator(".node.package").count()
    page.dblclick(KEY.format("p:big/big.p1"))

    assert packages == 4
    assert page.locator(".node.module").count() == 8
    assert page.locator(KEY.format("p:big/big.p2")).get_attribute("aria-label").startswith("p2 8 modules")


def test_lines_of_a_closed_package_are_bundled_with_their_evidence(open_page: Open) -> None:
    page = open_page(views.page(*layered()), "#open=g:big&sel=g:small>p:big/big.p1")

    assert page.locator(".edge").count() == 4
    assert page.locator(".evidence li").count() == 8


def test_finding_a_unit_opens_all_that_hides_it(open_page: Open) -> None:
    page = open_page(views.page(*layered()))

    page.keyboard.press("/")
    page.keyboard.type("p3.m5")
    page.keyboard.press("Enter")

    assert page.locator(KEY.format("u:big.p3.m5:f")).is_visible()


def test_a_package_moves_with_all_its_units(open_page: Open) -> None:
    page = open_page(views.page(*layered()), "#open=g:big&sel=p:big/big.p1")

    page.keyboard.press("m")
    page.keyboard.type("small")
    page.keyboard.press("Enter")

    assert place_of(page, "big.p1.m7:f") == "small"
    assert place_of(page, "big.p2.m0:f") == "big"
    assert page.evaluate("decompose.store.done.length") == 1


def test_a_part_is_split_as_suggested_and_one_undo_takes_it_back(open_page: Open) -> None:
    page = open_page(views.page(*layered()), "#sel=g:big")

    page.keyboard.press("s")
    offers = page.locator("[role=option]").all_inner_texts()
    page.keyboard.type("package big.p2")
    page.keyboard.press("Enter")
    split = place_of(page, "big.p2.m0:f")
    page.keyboard.press("u")

    assert any("package big.p2: 8 units" in offer and "coupling" in offer for offer in offers)
    assert split == "p2"
    assert place_of(page, "big.p2.m0:f") == "big"


def test_the_weakest_bond_is_offered_first(open_page: Open) -> None:
    graph, plan, where = view_graphs.made(300)
    page = open_page(views.page(graph, plan, membership=where))

    cut = page.evaluate("decompose.cutsOf(decompose.store, 0)[0]")

    assert cut["why"] == "the weakest bond inside"
    assert len(cut["units"]) >= 2


def test_compare_names_the_edges_that_came_to_cross(open_page: Open) -> None:
    page = open_page(shop_page(), "#open=g:training,m:training/shop.train&sel=u:shop.train:search")
    page.keyboard.press("m")
    page.keyboard.type("features")
    page.keyboard.press("Enter")

    page.click("#tab-compare")

    assert "shop.train:train_model → shop.train:search" in page.locator(".compare details.worse").inner_text()
    page.click(".compare details.worse >> text=train_model → shop.train:search")
    assert page.locator(".evidence li").count() >= 1


def test_compare_shows_another_plan(open_page: Open) -> None:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    other = dict(where) | {"shop.registry:promote": "serving"}
    page = open_page(views.page(graph, plan, membership=where, other=(plan, other)), "#view=compare")

    assert "This plan against the other" in page.locator(".compare").inner_text()
    assert "1 unit in another part" in page.locator(".compare").inner_text()


def test_an_asset_with_many_readers_shows_the_first_and_the_rest_on_demand(open_page: Open) -> None:
    readers = tuple(Unit(symbol=f"m:r{n}", kind="function", module="m", span=Span("m.py", n)) for n in range(9))
    edges = tuple(Edge(source=u.symbol, target="asset:x.csv", kind="read", sites=(Site("m.py", 1),)) for u in readers)
    graph = CodeGraph(
        name="x", digest="x", modules=(Module(name="m", path="m.py", kind="module"),), units=readers, edges=edges
    )
    page = open_page(views.page(graph), "#view=assets")

    before = page.locator(".user").count()
    page.click("text=and 4 more")

    assert (before, page.locator(".user").count()) == (5, 9)


def test_loose_modules_of_a_full_package_share_a_box_that_opens(open_page: Open) -> None:
    names = [*(f"big.m{n:02d}" for n in range(45)), *(f"big.{p}.x{n}" for p in "abc" for n in range(8))]
    units = tuple(Unit(symbol=f"{m}:f", kind="function", module=m, span=Span(f"{m}.py", 1)) for m in names)
    edges = tuple(
        Edge(source=f"{m}:f", target="big.a.x0:f", kind="call", sites=(Site("big/x.py", 1),)) for m in names[1:]
    )
    modules = tuple(Module(name=m, path=f"{m}.py", kind="module") for m in names)
    graph = CodeGraph(name="loose", digest="o", modules=modules, units=units, edges=edges)
    plan = Plan(system="loose", services=(ServicePlan(name="all", members=("*",)), ServicePlan(name="other")))
    page = open_page(views.page(graph, plan), "#open=g:all")

    closed = page.locator(".node.package").evaluate_all("(found) => found.map((n) => n.dataset.key)")
    page.dblclick(KEY.format("p:all/big."))
    inside = page.locator(".node.module").count()
    page.keyboard.press("m")
    page.keyboard.type("other")
    page.keyboard.press("Enter")

    assert sorted(closed) == ["p:all/big.", "p:all/big.a", "p:all/big.b", "p:all/big.c"]
    assert inside == 45
    assert (place_of(page, "big.m07:f"), place_of(page, "big.a.x1:f")) == ("other", "all")
