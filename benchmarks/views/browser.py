"""What the benchmarks of the views share: a Chromium, made systems, and clocks that a busy machine disturbs little."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "views"))

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
TWO_FRAMES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
)


@contextmanager
def chromium() -> Iterator[Any]:
    """Yield the system's Chromium, headless, drawing in software."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=binary, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, file: Path, *, ready: str, fragment: str = "") -> Iterator[Any]:
    """Yield a page of a file once a selector or a condition holds; with its main thread's CPU clock as `page.cpu_ms()`."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(280_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cpu_ms() -> float:
        found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
        return float(found["TaskDuration"]) * 1000

    page.cpu_ms = cpu_ms
    page.asked = asked
    page.goto(file.as_uri() + fragment)
    page.wait_for_function(ready)
    yield page
    context.close()


def all_cpu_ms() -> float:
    """Return the processor time of everything this process has started, in ms: every part of the browser, raster threads too."""
    parent, used = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parent[int(folder.name)], used[int(folder.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    total, todo = 0, [os.getpid()]
    while todo:
        one = todo.pop()
        below = [pid for pid, above in parent.items() if above == one]
        total += sum(used[pid] for pid in below)
        todo += below
    return total * 1000 / os.sysconf("SC_CLK_TCK")


def spread(times: list[float]) -> dict[str, float]:
    """Return median and 95th percentile, in the unit of the times."""
    ordered = sorted(times)
    return {"p50": round(ordered[len(ordered) // 2], 1), "p95": round(ordered[int(len(ordered) * 0.95)], 1)}
