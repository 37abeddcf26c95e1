"""What a person has changed is never lost: over a reload, and beside a file that others write."""

# ruff: noqa: E501

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import view_graphs

from decompose import views

Open = Callable[..., Any]


def shop_page() -> str:
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    return views.page(graph, plan, membership=where)


def places(page: Any) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "(() => { const s = decompose.store; "
        "return Object.fromEntries(s.model.units.map((u) => [u.symbol, s.groups[s.of[u.id]].name])) })()"
    )
    return found


def shape(page: Any) -> None:
    """Move, rename, note, lock, merge, and make a service: one of each."""
    page.evaluate(
        """() => { const s = decompose.store, e = decompose.edit, g = (n) => s.groups.findIndex((x) => !x.gone && x.name === n), u = (n) => s.model.unitBySymbol.get(n);
        e.moveUnits(s, [u('shop.registry:promote')], g('serving')); e.rename(s, g('monitor'), 'watch'); e.describe(s, g('watch'), 'note', 'ours');
        e.toggleLock(s, [u('shop.registry:promote')], false); e.merge(s, g('scoring'), g('serving')); e.moveToNew(s, [u('shop.train:search')], 'tuning'); }"""
    )


def test_changes_outlive_a_reload_when_the_person_wants_them(open_page: Open) -> None:
    page = open_page(shop_page())
    shape(page)
    before, plan = places(page), page.evaluate("decompose.currentPlan()")

    page.reload()
    page.wait_for_selector(".offer")
    untouched = places(page)
    page.click("text=Bring back")

    assert untouched != before
    assert places(page) == before
    assert page.evaluate("decompose.currentPlan()") == plan
    assert page.evaluate("decompose.store.done.length") == 1


def test_changes_can_be_forgotten(open_page: Open) -> None:
    page = open_page(shop_page())
    shape(page)
    page.reload()

    page.click("text=Forget")
    page.reload()
    page.wait_for_selector(".top")

    assert page.locator(".offer").count() == 0


def test_undone_changes_leave_nothing_behind(open_page: Open) -> None:
    page = open_page(shop_page())
    shape(page)
    for _ in range(6):
        page.keyboard.press("u")

    page.reload()
    page.wait_for_selector(".top")

    assert page.locator(".offer").count() == 0


def test_changes_that_a_page_has_not_seen_are_not_taken_away(open_page: Open) -> None:
    page = open_page(shop_page())
    shape(page)
    key = "Object.keys(localStorage).find((key) => key !== 'decompose theme')"
    shelf, kept = page.evaluate(f"[{key}, localStorage.getItem({key})]")
    page.evaluate(f"(text) => localStorage.removeItem({key})", kept)
    page.add_init_script("window.get = Storage.prototype.getItem; Storage.prototype.getItem = () => null")

    page.reload()
    page.wait_for_selector(".top")
    page.evaluate("([shelf, kept]) => localStorage.setItem(shelf, kept)", [shelf, kept])
    page.keyboard.press("2")

    assert page.evaluate("(shelf) => get.call(localStorage, shelf)", shelf) == kept


def test_changes_outlive_a_reload_where_the_browser_keeps_nothing(open_page: Open) -> None:
    page = open_page(shop_page())
    page.add_init_script("Storage.prototype.getItem = () => null; Storage.prototype.setItem = () => {}")
    page.reload()
    shape(page)
    before = places(page)

    page.evaluate("window.onbeforeunload = null")
    page.reload()
    page.click("text=Bring back")

    assert places(page) == before


def test_changes_outlive_the_end_of_what_the_browser_stores_with(open_page: Open, browser: Any) -> None:
    """A process of its own holds what pages store; what it has not written is gone with it."""
    page = open_page(shop_page())
    shape(page)
    before = places(page)

    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    helpers = [process["id"] for process in found if "StorageService" in process["type"]]
    for helper in helpers:
        os.kill(helper, signal.SIGKILL)
    page.reload()
    page.click("text=Bring back")

    assert helpers
    assert places(page) == before


def test_a_page_whose_browser_keeps_nothing_says_so_before_it_is_left(open_page: Open) -> None:
    page = open_page(shop_page())
    before = page.evaluate("window.onbeforeunload()")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")

    shape(page)
    page.wait_for_selector("text=This browser keeps no changes")

    assert before is None
    assert page.evaluate("window.onbeforeunload()") == ""


def test_changes_that_fit_no_longer_are_named(open_page: Open) -> None:
    page = open_page(shop_page())

    result = page.evaluate(
        """decompose.applyChanges(decompose.store, { moves: [{ unit: 'gone:f', from: 'etl', to: 'serving' }, { unit: 'shop.registry:promote', from: 'training', to: 'nowhere' }],
        reshaped: [{ was: 'ghost', now: 'spirit', into: '', words: {}, locks: [], unlocks: [] }], fresh: [], count: 3 })"""
    )

    assert result["missing"] == ["service ghost", "gone:f", "shop.registry:promote (there is no service nowhere)"]
    assert result["done"] == 0


def test_what_both_changed_goes_as_the_person_says(open_page: Open) -> None:
    page = open_page(shop_page())
    moved = (
        "{ moves: [{ unit: 'shop.registry:promote', from: 'etl', to: 'serving' }], reshaped: [], fresh: [], count: 1 }"
    )

    kept = page.evaluate(f"decompose.applyChanges(decompose.store, {moved}, {{ mine: false }})")
    before = places(page)["shop.registry:promote"]
    taken = page.evaluate(f"decompose.applyChanges(decompose.store, {moved}, {{ mine: true }})")

    assert (
        kept["clashes"]
        == taken["clashes"]
        == [{"what": "shop.registry:promote", "file": "training", "mine": "serving"}]
    )
    assert (before, places(page)["shop.registry:promote"]) == ("training", "serving")
