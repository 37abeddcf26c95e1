"""The page served for review: loading with the token, saving, hearing of a conflict."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import view_graphs

from decompose import boundary, views
from decompose.ir.membership import membership

KEY = "[data-key='{}']"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[tuple[views.ReviewServer, Path]]:
    graph, (plan, _) = view_graphs.shop(), view_graphs.shop_plan()
    file = tmp_path / "decompose.yaml"
    file.write_text("# ours\n" + boundary.render_plan(plan, None), "utf-8")

    def content(text: str) -> dict[str, Any]:
        stored = boundary.parse_plan(text, str(file))
        return views.page_data(graph, plan=stored, membership=membership(stored, graph)) | {"root": "/work here"}

    desk = views.Desk(
        name="shop",
        read=lambda: file.read_text("utf-8"),
        content=content,
        render=boundary.render_plan,
        save=lambda text: void(file.write_text(text, "utf-8")),
        repropose=lambda edited: boundary.render_plan(edited, None),
    )
    server = views.ReviewServer(desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server, file
    server.shutdown()
    thread.join()
    server.server_close()


def void(_: object) -> None:
    """Forget a result."""


@pytest.fixture
def page(browser: Any, review: tuple[views.ReviewServer, Path]) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(review[0].address)
    opened.wait_for_selector(".top")
    yield opened
    context.close()
    assert errors == []


def move(page: Any, unit: str, service: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(unit)
    page.keyboard.press("Enter")
    page.keyboard.press("m")
    page.keyboard.type(service)
    page.keyboard.press("Enter")


def test_the_token_leaves_the_address(page: Any) -> None:
    assert "token" not in page.url


def test_a_used_address_says_what_to_do(browser: Any, page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    context = browser.new_context()
    stranger = context.new_page()
    stranger.goto(review[0].address + "used")
    stranger.wait_for_selector("[role=alert]")

    assert "decompose review" in stranger.locator("[role=alert]").inner_text()
    context.close()


def test_a_move_is_saved_and_comments_survive(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    before = review[1].read_text("utf-8").splitlines()
    move(page, "promote", "serving")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    after = review[1].read_text("utf-8")
    assert after.startswith("# ours\n")
    assert len(set(after.splitlines()) ^ set(before)) <= 2
    stored = boundary.parse_plan(after, "decompose.yaml")
    assert membership(stored, view_graphs.shop())["shop.registry:promote"] == "serving"


def test_saving_twice_changes_nothing_more(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    move(page, "promote", "serving")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")
    once = review[1].read_bytes()
    page.wait_for_selector(".toast", state="detached", timeout=6000)
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    assert review[1].read_bytes() == once


def test_an_edit_beside_the_page_is_not_overwritten(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    move(page, "promote", "serving")
    edited = review[1].read_text("utf-8") + "\n# an edit\n"
    review[1].write_text(edited, "utf-8")
    page.keyboard.press("Control+s")
    page.wait_for_selector("dialog >> text=The plan file has changed")

    assert review[1].read_text("utf-8") == edited
    page.click("text=Go on editing")
    assert page.evaluate("decompose.store.isDirty")


def test_a_reload_keeps_the_session(page: Any) -> None:
    page.reload()
    page.wait_for_selector(".top")

    assert page.locator(KEY.format("g:training")).is_visible()


def test_a_new_proposal_comes_in_unsaved(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    before = review[1].read_text("utf-8")
    page.click("text=Re-propose")
    page.wait_for_selector(".toast >> text=A new proposal")

    assert page.evaluate("decompose.store.isDirty")
    assert review[1].read_text("utf-8") == before


def edit_file(file: Path, unit: str, service: str) -> None:
    """Move a unit as an editor would: the text is changed, everything else stays."""
    stored = boundary.parse_plan(file.read_text("utf-8"), str(file))
    services = []
    for one in stored.services:
        members = [name for name in one.members if name != unit] + [unit] * (one.name == service)
        services.append(one.model_copy(update={"members": tuple(sorted(members))}))
    edited = stored.model_copy(update={"services": tuple(services)})
    file.write_text(boundary.render_plan(edited, file.read_text("utf-8")), "utf-8")


def stored_places(file: Path) -> dict[str, str]:
    return dict(membership(boundary.parse_plan(file.read_text("utf-8"), str(file)), view_graphs.shop()))


def save(page: Any, answer: str) -> None:
    page.keyboard.press("Control+s")
    page.wait_for_selector("dialog >> text=The plan file has changed")
    page.click(f"dialog >> text={answer}")


def test_both_sides_of_a_conflict_reach_the_file(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    move(page, "promote", "serving")
    edit_file(review[1], "shop.train:search", "features")
    review[1].write_text(review[1].read_text("utf-8") + "# theirs\n", "utf-8")

    save(page, "Take both")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    found = stored_places(review[1])
    assert (found["shop.registry:promote"], found["shop.train:search"]) == ("serving", "features")
    text = review[1].read_text("utf-8")
    assert text.startswith("# ours\n") and "# theirs" in text


@pytest.mark.parametrize(("answer", "place"), [("mine where they clash", "serving"), ("the file's where", "features")])
def test_a_clash_is_shown_and_decided(
    page: Any, review: tuple[views.ReviewServer, Path], answer: str, place: str
) -> None:
    move(page, "promote", "serving")
    edit_file(review[1], "shop.registry:promote", "features")
    page.keyboard.press("Control+s")
    page.wait_for_selector("dialog >> text=The plan file has changed")
    shown = page.locator("dialog tbody").inner_text()

    page.click(f"dialog >> text={answer}")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    assert "shop.registry:promote" in shown and "features" in shown and "serving" in shown
    assert stored_places(review[1])["shop.registry:promote"] == place


def test_undo_past_a_conflict_never_overwrites_the_file(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    move(page, "promote", "serving")
    edit_file(review[1], "shop.train:search", "features")
    theirs = review[1].read_text("utf-8")
    save(page, "Only the file")

    page.keyboard.press("u")
    back = page.evaluate("decompose.currentPlan().services.find((s) => s.name === 'serving').members")
    page.keyboard.press("Control+s")
    page.wait_for_selector("dialog >> text=The plan file has changed")

    assert "shop.registry:promote" in back
    assert review[1].read_text("utf-8") == theirs


def test_what_was_saved_is_no_change_of_mine_any_more(page: Any, review: tuple[views.ReviewServer, Path]) -> None:
    move(page, "promote", "serving")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")
    edit_file(review[1], "shop.registry:promote", "features")
    move(page, "search", "features")

    save(page, "Take both")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    assert stored_places(review[1])["shop.registry:promote"] == "features"
    assert stored_places(review[1])["shop.train:search"] == "features"


def test_unsaved_changes_come_back_after_a_reload(page: Any) -> None:
    move(page, "promote", "serving")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.click(".offer >> text=Bring back")

    assert page.evaluate("decompose.store.isDirty")
    members = page.evaluate("decompose.currentPlan().services.find((s) => s.name === 'serving').members")
    assert "shop.registry:promote" in members


def test_undo_leads_back_from_a_new_proposal(page: Any) -> None:
    move(page, "promote", "serving")
    page.click("text=Re-propose")
    page.wait_for_selector(".toast >> text=A new proposal")

    page.keyboard.press("u")

    members = page.evaluate("decompose.currentPlan().services.find((s) => s.name === 'serving').members")
    assert "shop.registry:promote" in members


def test_the_page_of_the_server_links_to_the_editor_and_a_file_does_not(
    page: Any, review: tuple[views.ReviewServer, Path]
) -> None:
    page.evaluate("decompose.store.selected = 'g:features>g:etl'; decompose.store.changed()")

    href = page.locator(".evidence a").first.get_attribute("href")

    assert href == "vscode://file/work%20here/shop/features.py:15"
    graph, (plan, where) = view_graphs.shop(), view_graphs.shop_plan()
    assert "/work here" not in views.page(graph, plan, membership=where)


def test_from_the_heaviest_edge_to_a_saved_move_in_six_gestures(
    page: Any, review: tuple[views.ReviewServer, Path]
) -> None:
    gestures = 0

    def gesture(act: Any, *words: str) -> None:
        nonlocal gestures
        act(*words)
        gestures += 1

    gesture(page.keyboard.press, "3")  # the table, heaviest first
    heaviest = page.locator(".list tbody tr").first
    gesture(heaviest.locator("td:last-child button").click)
    assert page.locator(".evidence pre").count() >= 1
    source = heaviest.locator("td:nth-child(2) button").get_attribute("title")
    target = heaviest.locator("td:nth-child(3)").inner_text()
    gesture(heaviest.locator("td:nth-child(2) button").click)
    gesture(page.keyboard.press, "m")
    choice = page.locator("dialog[open] [role=option]", has_text=target).first
    assert choice.inner_text().strip() != target  # it says what would change
    gesture(choice.click)
    gesture(page.keyboard.press, "Control+s")
    page.wait_for_selector(".toast >> text=Saved")

    assert gestures <= 6
    assert stored_places(review[1])[source] == target
