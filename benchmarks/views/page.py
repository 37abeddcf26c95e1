"""U1 to U4: how soon the page is there, how it pans, how soon a move is painted, beside Cytoscape on the same data.

`python benchmarks/views/page.py [FUNCTIONS ...] [--against NODE_MODULES]`; the folder holds `cytoscape`, `cytoscape-fcose`
and `esbuild` from the npm registry. Prints one JSON object a size. Wall times are of a machine as busy as it is: compare
within one run; `cpu` is the time of the page's main thread alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from browser import TWO_FRAMES, all_cpu_ms, chromium, opened, spread

from decompose import views
from decompose.resources import ui_root

OURS = "() => window.decompose && document.querySelectorAll('.node').length > 0"
THEIRS = "() => window.isReady"
PAN = """async (step) => { const times = []; const move = new Function('n', step);
  for (let n = 0; n < 40; n++) { const start = performance.now(); move(n);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); times.push(performance.now() - start); }
  return times; }"""
PAN_OURS = "decompose.map.pan(n * 7 % 150, n * 5 % 120)"
PAN_THEIRS = "cy.pan({ x: n * 7 % 60, y: n * 5 % 40 })"
MOVE_OURS = """const s = decompose.store; decompose.edit.perform(s, 'move', [[(n * 7919) % s.model.units.length, n % s.groups.length]])"""
MOVE_THEIRS = """const all = cy.nodes(':childless'), to = cy.nodes(':parent').filter((x) => x.isOrphan()); all[(n * 7919) % all.length].move({ parent: to[n % to.length].id() })"""
OPEN_ALL = """() => { const s = decompose.store; for (let step = 0; step < 4; step++) {
  for (const b of document.querySelectorAll('.node[aria-expanded=false]:not(.aside)')) if (document.querySelectorAll('.node').length + 12 < 1500) s.open.add(b.dataset.key);
  s.changed(); } }"""


def main(sizes: list[int], modules: Path | None) -> None:
    print(json.dumps({"app_js_kib": round((ui_root() / "app.js").stat().st_size / 1024, 1)}))
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            graph, plan, where = made(size)
            found: dict[str, Any] = {"functions": size, "ours": ours(browser, folder, graph, plan, where)}
            if modules is not None and size <= 3000:
                found["cytoscape_services"] = theirs(browser, folder, modules, graph, where, flat=True)
                found["cytoscape_all"] = theirs(browser, folder, modules, graph, where, flat=False)
            print(json.dumps(found), flush=True)


def made(size: int) -> Any:
    import view_graphs

    return view_graphs.made(size)


def ours(browser: Any, folder: Path, graph: Any, plan: Any, where: Any) -> dict[str, Any]:
    started = time.process_time()
    text = views.page(graph, plan, membership=where)
    wrote = time.process_time() - started
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    ready, cpu = [], []
    for _ in range(3):
        with opened(browser, file, ready=OURS) as page:
            ready.append(page.evaluate(TWO_FRAMES))
            cpu.append(page.cpu_ms())
    with opened(browser, file, ready=OURS) as page:
        result = {
            "page_cpu_s": round(wrote, 2), "page_kib": len(text) // 1024, "ready_ms": round(min(ready)), "ready_cpu_ms": round(min(cpu)),
            "move_ms": spread(page.evaluate(PAN, MOVE_OURS)), "asked": [url for url in page.asked if not url.startswith("file:")],
        }  # fmt: skip
        before = page.cpu_ms()
        page.evaluate(PAN, MOVE_OURS)
        result["move_cpu_ms"] = round((page.cpu_ms() - before) / 40, 1)
        page.evaluate(OPEN_ALL)
        counts = page.evaluate("[document.querySelectorAll('.node').length, document.querySelectorAll('.edge').length]")
        page.evaluate(PAN, PAN_OURS)
        result |= {"open_boxes": counts[0], "open_lines": counts[1]} | pan(page, PAN_OURS)
    return result


def pan(page: Any, step: str) -> dict[str, Any]:
    """Return wall time and processor time (of every process and thread of the browser) of a frame while panning."""
    before = all_cpu_ms()
    times = spread(page.evaluate(PAN, step))
    return {"pan_ms": times, "pan_all_cpu_ms": round((all_cpu_ms() - before) / 40, 1)}


def theirs(browser: Any, folder: Path, modules: Path, graph: Any, where: Any, *, flat: bool) -> dict[str, Any]:
    """Measure Cytoscape: services alone laid out by fcose, or every function at a given place (its layout alone takes longer)."""
    file = folder / "cytoscape.html"
    entry = Path(__file__).with_name("cytoscape.mjs").read_text("utf-8")
    (folder / "entry.mjs").write_text(entry, "utf-8")
    bundle = folder / "cytoscape.js"
    words = [modules / ".bin" / "esbuild", folder / "entry.mjs", "--bundle", "--minify", f"--outfile={bundle}"]
    subprocess.run(
        [*map(str, words), "--log-level=error"], check=True, env={"NODE_PATH": str(modules), "PATH": "/usr/bin:/bin"}
    )
    content = json.dumps(elements(graph, where, flat=flat)).replace("<", "\\u003c")
    style = "html,body,#app{height:100%;margin:0}"
    script = bundle.read_text("utf-8").replace("</script", "<\\/script")
    file.write_text(
        f"<!doctype html><meta charset=utf-8><style>{style}</style><div id=app></div>"
        f"<script type=application/json id=content>{content}</script><script>{script}</script>", "utf-8",
    )  # fmt: skip
    with opened(browser, file, ready=THEIRS) as page:
        ready, cpu = page.evaluate(TWO_FRAMES), page.cpu_ms()
        result = {
            "js_kib": len(script) // 1024,
            "ready_ms": round(ready),
            "ready_cpu_ms": round(cpu),
            "pan_ms": spread(page.evaluate(PAN, PAN_THEIRS)),
        }
        if not flat:
            result["move_ms"] = spread(page.evaluate(PAN, MOVE_THEIRS))
    return result


def elements(graph: Any, where: Any, *, flat: bool) -> dict[str, Any]:
    services = sorted(set(where.values()))
    nodes = [{"data": {"id": name, "label": name}} for name in services]
    if flat:
        pairs = sorted({(where[e.source], where[e.target]) for e in graph.edges if where[e.source] != where[e.target]})
        edges = [{"data": {"id": f"{a}>{b}", "source": a, "target": b}} for a, b in pairs]
        return {"nodes": nodes, "edges": edges, "layout": "fcose"}
    count: dict[str, int] = dict.fromkeys(services, 0)
    for unit in graph.units:
        home = where[unit.symbol]
        at, count[home] = count[home], count[home] + 1
        position = {
            "x": services.index(home) % 4 * 2400 + at % 20 * 110,
            "y": services.index(home) // 4 * 2400 + at // 20 * 40,
        }
        nodes.append(
            {"data": {"id": unit.symbol, "label": unit.symbol.rpartition(":")[2], "parent": home}, "position": position}
        )
    edges = [{"data": {"id": str(n), "source": e.source, "target": e.target}} for n, e in enumerate(graph.edges)]
    return {"nodes": nodes, "edges": edges, "layout": "preset"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("functions", nargs="*", type=int)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    main(given.functions or [300, 3_000, 30_000, 100_000], given.against)
