"""How quickly the page comes up and answers: `python benchmarks/views/measure.py [FUNCTIONS ...]`.

Prints, for made systems of so many functions: seconds to write the page, its size, milliseconds to the second frame,
median and 95th percentile of a move with its new figures painted, and the boxes and lines drawn. Needs Chromium.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "unit" / "views"))
import view_graphs

from decompose import views

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FRAMES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
)
MOVES = """async () => {
  const { store } = decompose, times = [];
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let i = 0; i < 40; i++) {
    const start = performance.now();
    store.ledger.move((i * 7919) % store.model.units.length, i % store.groups.length);
    store.refigure(); store.changed();
    await frame();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}"""


def main(sizes: list[int]) -> None:
    """Measure each size in a fresh page."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as running, tempfile.TemporaryDirectory() as folder:
        browser = running.chromium.launch(executable_path=binary, headless=True, args=ARGUMENTS)
        for size in sizes:
            print(json.dumps({"functions": size} | measure(browser, size, Path(folder) / "page.html")), flush=True)
        browser.close()


def measure(browser: object, size: int, file: Path) -> dict[str, float]:
    graph, plan, membership = view_graphs.made(size)
    start = time.process_time()
    text = views.page(graph, plan, membership=membership)
    wrote = time.process_time() - start
    file.write_text(text, "utf-8")
    ready = []
    for _ in range(3):
        page = browser.new_page(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
        page.goto(file.as_uri())
        page.wait_for_selector(".top")
        ready.append(page.evaluate(FRAMES))
        if len(ready) < 3:
            page.close()
    moves = page.evaluate(MOVES)
    counts = page.evaluate("[document.querySelectorAll('.node').length, document.querySelectorAll('.edge').length]")
    page.close()
    return {
        "page_cpu_s": round(wrote, 2), "page_kib": len(text) // 1024, "ready_ms": round(min(ready)),
        "move_p50_ms": round(moves[20]), "move_p95_ms": round(moves[38]), "boxes": counts[0], "lines": counts[1],
    }  # fmt: skip


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [300, 3_000, 30_000])
