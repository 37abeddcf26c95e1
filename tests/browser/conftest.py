"""A real browser on the page: no network, no page error, ever."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "views"))

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MUST_RUN = os.environ.get("REQUIRE_BROWSER") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system, once a module, for its event loop must not outlive it.

    Without one the tests are skipped, or fail where they must run.
    """
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        (pytest.fail if MUST_RUN else pytest.skip)("no Chromium on this machine")
    playwright = (
        pytest.importorskip("playwright.sync_api") if not MUST_RUN else __import__("playwright.sync_api").sync_api
    )
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=binary, headless=True, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open a page from its text; afterwards nothing may have failed, and nothing but the file been asked for."""
    troubles: list[str] = []
    contexts: list[Any] = []

    def opened(text: str, fragment: str = "", *, scheme: str = "light", width: int = 1440) -> Any:
        file = tmp_path / "page.html"
        file.write_text(text, "utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("request", lambda asked: _note(asked.url, troubles))
        page.goto(f"{file.as_uri()}{fragment}")
        page.wait_for_selector(".top")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _note(url: str, troubles: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        troubles.append(f"request: {url}")
