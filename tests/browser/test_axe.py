"""No known barrier: axe-core on every view, in both themes, with boxes open and dialogs shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import view_graphs

from decompose import views

Open = Callable[..., Any]
VIEWS = ("map", "matrix", "table", "assets", "findings", "compare")
OPEN = "#open=g:training,m:training/shop.train,g:etl"


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as the test dependency brings it."""
    if os.environ.get("REQUIRE_BROWSER") != "1":
        pytest.importorskip("axe_playwright_python")
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def barriers(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


def shop_page(*, with_plan: bool = True) -> str:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    return views.page(graph, plan, membership=where) if with_plan else views.page(graph)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_barrier_in_a_view(open_page: Open, axe: str, view: str, scheme: str) -> None:
    page = open_page(shop_page(), f"{OPEN}&view={view}", scheme=scheme)

    assert barriers(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("selected", ["u:shop.train:search", "m:training/shop.train", "g:training", "g:features>g:etl"])
def test_no_barrier_with_something_selected(open_page: Open, axe: str, selected: str, scheme: str) -> None:
    page = open_page(shop_page(), f"{OPEN}&sel={selected}", scheme=scheme)

    assert barriers(page, axe) == []


@pytest.mark.parametrize("key", ["/", "m", "s", "?", "l", "f", "h"])
def test_no_barrier_after_a_key(open_page: Open, axe: str, key: str) -> None:
    page = open_page(shop_page(), f"{OPEN}&sel=g:training")

    page.keyboard.press(key)

    assert barriers(page, axe) == []


def test_no_barrier_without_a_plan(open_page: Open, axe: str) -> None:
    assert barriers(open_page(shop_page(with_plan=False)), axe) == []


def test_no_barrier_in_what_an_earlier_visit_left(open_page: Open, axe: str) -> None:
    page = open_page(shop_page(), f"{OPEN}&sel=u:shop.train:search")
    page.keyboard.press("l")
    page.reload()
    page.wait_for_selector(".offer")

    assert barriers(page, axe) == []
