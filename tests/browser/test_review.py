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
        return views.page_data(graph, plan=stored, membership=membership(stored, graph))

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
