"""U6 to U9, U11, U12 and U14: what must hold whatever a person does, over many random runs.

`python benchmarks/views/laws.py [LAW ...] [--rounds N]`; prints one JSON object a law. Each law is also a small test in `tests/browser`.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

from browser import chromium, opened

from decompose import boundary, views
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Module, Site, Unit
from decompose.ir.membership import membership
from decompose.ir.plan import Plan, ServicePlan

OURS = "() => window.decompose && document.querySelectorAll('.node').length > 0"
EDITS = """(count) => { let seed = 11; const next = (n) => (seed = (seed * 48271) % 2147483647) % n, s = decompose.store, e = decompose.edit;
  const tally = { move: 0, undo: 0, redo: 0, merge: 0, split: 0 };
  for (let i = 0; i < count; i++) {
    const live = s.groups.map((g, n) => n).filter((n) => !s.groups[n].gone && !['library', 'offline', 'dead'].includes(s.groups[n].kind)), roll = next(100);
    if (roll < 70) { e.moveUnits(s, [next(s.model.units.length)], live[next(live.length)]); tally.move++; }
    else if (roll < 85) { e.undo(s); tally.undo++; } else if (roll < 95) { e.redo(s); tally.redo++; }
    else if (roll < 97 && live.length > 3) { e.merge(s, live[0], live[next(live.length - 1) + 1]); tally.merge++; }
    else if (live.length < 14) { e.moveToNew(s, [next(s.model.units.length), next(s.model.units.length)], `new_${i}`); tally.split++; }
  }
  const live = [s.figures.cut, s.figures.remote, s.figures.cyclic]; s.recount();
  return { tally, live, recount: [s.figures.cut, s.figures.remote, s.figures.cyclic], of: Object.fromEntries(s.model.units.map((u) => [u.symbol, s.groups[s.of[u.id]].name])), plan: decompose.currentPlan() }; }"""
GEOMETRY = """() => [...document.querySelectorAll('.node')].map((n) => { const r = n.querySelector('.body').getBoundingClientRect();
  return { key: n.dataset.key, level: +n.getAttribute('aria-level'), l: r.left, t: r.top, r: r.right, b: r.bottom,
    cut: [...n.querySelectorAll('text')].filter((t) => t.textContent.includes('…') && !t.querySelector('title')).length } })"""
EVIDENCE = """() => { let drawn = 0, shown = 0, spoken = 0; const s = decompose.store;
  for (const g of s.groups) s.open.add(`g:${g.name}`); s.changed();
  for (const e of document.querySelectorAll('.edge')) { drawn++; s.selected = e.dataset.edge; s.changed();
    const first = document.querySelector('.evidence li'); if (first?.querySelector('.where code')?.textContent.match(/:\\d+$/)) shown++; }
  return { drawn, shown }; }"""


def main(wanted: list[str], rounds: dict[str, int]) -> None:
    import view_graphs

    laws = (figures, evidence, stability, hostile, conflicts, overlaps)
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        for law in laws:
            if not wanted or law.__name__ in wanted:
                print(json.dumps({law.__name__: law(browser, Path(name), view_graphs, **rounds)}), flush=True)


def write(folder: Path, text: str) -> Path:
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    return file


def figures(browser: Any, folder: Path, make: Any) -> dict[str, Any]:
    """U6: after 10,000 edits the live figures are those of a recount, and those of Python."""
    graph, plan, where = make.made(300)
    with opened(browser, write(folder, views.page(graph, plan, membership=where)), ready=OURS) as page:
        # Only the figures are measured here: drawing 10,000 states would take hours.
        page.evaluate("decompose.store.changed = () => {}")
        found = page.evaluate(EDITS, 10_000)
    edited = Plan.model_validate(found["plan"])
    known = views.measure(graph, edited, found["of"])
    resolved = membership(edited, graph)
    return {
        "edits": found["tally"], "live": found["live"], "recount": found["recount"], "python": [known.cut, known.remote, known.cyclic],
        "units placed otherwise by the plan file": sum(resolved[symbol] != home for symbol, home in found["of"].items()),
    }  # fmt: skip


def evidence(browser: Any, folder: Path, make: Any) -> dict[str, int]:
    """U7: every drawn edge opens at least one place in the source."""
    graph, plan, where = make.made(200)
    with opened(browser, write(folder, views.page(graph, plan, membership=where)), ready=OURS) as page:
        return dict(page.evaluate(EVIDENCE))


def overlaps(browser: Any, folder: Path, make: Any, rounds: int = 200) -> dict[str, int]:
    """U8: over random systems, three in four of them with opened boxes, no two boxes of one level meet, no label is cut without its whole text."""
    pairs = cut = boxes = 0
    for seed in range(rounds):
        rng = random.Random(seed)
        graph, plan, where = make.made(rng.randint(30, 500), seed=seed)
        opened_keys = ",".join(f"g:part_{rng.randrange(8)}" for _ in range(seed % 4))
        file = write(folder, views.page(graph, plan, membership=where))
        with opened(browser, file, ready=OURS, fragment=f"#open={opened_keys}") as page:
            found = page.evaluate(GEOMETRY)
        boxes += len(found)
        cut += sum(box["cut"] for box in found)
        for level in (1, 2, 3):
            inside = [box for box in found if box["level"] == level]
            pairs += sum(meet(one, other) for n, one in enumerate(inside) for other in inside[n + 1 :])
    return {"systems": rounds, "boxes": boxes, "overlapping pairs": pairs, "labels cut without tooltip": cut}


def meet(one: dict[str, float], other: dict[str, float]) -> bool:
    apart = one["r"] <= other["l"] or other["r"] <= one["l"] or one["b"] <= other["t"] or other["b"] <= one["t"]
    return not apart


def stability(browser: Any, folder: Path, make: Any) -> dict[str, int]:
    """U9: the same plan twice gives the same places; a move shifts no box of a service that it does not touch."""
    graph, plan, where = make.made(600)
    file = write(folder, views.page(graph, plan, membership=where))
    places = "() => Object.fromEntries([...document.querySelectorAll('.node')].map((n) => [n.dataset.key, n.getAttribute('transform')]))"
    runs = []
    for _ in range(2):
        with opened(browser, file, ready=OURS, fragment="#open=g:part_1") as page:
            runs.append(page.evaluate(places))
            page.evaluate(
                "decompose.edit.moveUnits(decompose.store, [decompose.store.model.units.find((u) => decompose.store.of[u.id] === 3).id], 5)"
            )
            after = page.evaluate(places)
    moved = sum(after[key] != place for key, place in runs[0].items() if key.startswith("g:"))
    return {
        "differences between two runs": sum(runs[0][key] != runs[1][key] for key in runs[0]),
        "boxes shifted by a move": moved,
    }


def hostile(browser: Any, folder: Path, make: Any) -> dict[str, int]:
    """U14: 1,000 fuzzed names, lines and docstrings; none runs, none breaks the page."""
    rng = random.Random(5)
    bits = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script>", "<!--", "]]>", "'", '"', "`", "${alert(1)}", "\\", "\u202e", "\u2028",
            "\x00", "\x1b[2J", "&lt;", "javascript:alert(1)", "__proto__", "constructor", "%s", "{{7*7}}", ">", "/", ":", ".", "*", "é", "漢", "a" * 90]  # fmt: skip
    names = [f"{n}" + "".join(rng.choices(bits, k=rng.randint(1, 5))) for n in range(1000)]
    modules = tuple(Module(name=f"m{n}", path=name, kind="module") for n, name in enumerate(names))
    units = tuple(
        Unit(symbol=f"m{n}:{name}", kind="function", module=f"m{n}", span=Span(name, 1), doc=name)
        for n, name in enumerate(names)
    )
    edges = tuple(
        Edge(
            source=units[n].symbol,
            target=units[n - 1].symbol,
            kind="call",
            sites=(Site(name, 1, text=name),),
            reason=name,
        )
        for n, name in enumerate(names)
    )
    graph = CodeGraph(name=names[3], digest="x", modules=modules, units=units, edges=edges)
    services = tuple(
        ServicePlan(name=f"s{n}", because=names[n], note=names[-n], members=(f"m{n}*",)) for n in range(1, 9)
    )
    text = views.page(graph, Plan(system=names[4], services=services), lines={name: [name] for name in names})
    ran: list[str] = []
    with opened(browser, write(folder, text), ready=OURS) as page:
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: ran.append(str(error)))
        for view in ("matrix", "table", "assets", "findings", "compare", "map"):
            page.click(f"#tab-{view}")
        page.evaluate(
            "(() => { const s = decompose.store; for (const u of s.model.units) { s.selected = `u:${u.symbol}`; s.changed(); } })()"
        )
        scripts = page.evaluate("document.scripts.length")
        foreign = page.locator("#app img, #app script, #app iframe").count()
        outside = sum(not url.startswith(("file:", "data:", "blob:")) for url in page.asked)
    return {
        "names": len(names),
        "scripts run or errors": len(ran),
        "scripts added": scripts - 2,
        "foreign elements": foreign,
        "requests": outside,
    }


def conflicts(browser: Any, folder: Path, make: Any, rounds: int = 100) -> dict[str, int]:
    """U11 and U12: rounds of an edit in the page and one in the file, in random order, each followed by a save."""
    graph, (plan, _) = make.shop(), make.shop_plan()
    file = folder / "decompose.yaml"
    file.write_text("# a person's words\n" + boundary.render_plan(plan, None), "utf-8")

    def content(text: str) -> dict[str, Any]:
        stored = boundary.parse_plan(text, str(file))
        return views.page_data(graph, plan=stored, membership=membership(stored, graph))

    desk = views.Desk(
        name="shop", read=lambda: file.read_text("utf-8"), content=content, render=boundary.render_plan,
        save=lambda text: void(file.write_text(text, "utf-8")),
    )  # fmt: skip
    server = views.ReviewServer(desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(server.address)
    page.wait_for_function(OURS)
    rng, lost, met = random.Random(12), 0, 0
    units = [
        unit.symbol for unit in graph.units if unit.kind == "function" and "." not in unit.symbol.partition(":")[2]
    ]
    services = [service.name for service in plan.services]
    for number in range(rounds):
        mine, theirs = rng.sample(units, 2)
        here, there = rng.choice(services), rng.choice(services)
        steps = [partial(in_page, page, mine, here), partial(in_file, file, theirs, there, number)]
        for step in rng.sample(steps, 2):
            step()
        page.evaluate("document.querySelector('.toast')?.remove()")
        page.keyboard.press("Control+s")
        page.wait_for_function(
            "() => document.querySelector('dialog[open]') || document.querySelector('.toast')?.textContent.startsWith('Saved')"
        )
        if page.locator("dialog[open]").count():
            met += 1
            page.click("dialog >> text=Take both")
            page.evaluate("document.querySelector('.toast')?.remove()")
            page.keyboard.press("Control+s")
            page.wait_for_selector(".toast >> text=Saved")
        stored = membership(boundary.parse_plan(file.read_text("utf-8"), str(file)), graph)
        lost += (
            (stored[mine] != here) + (stored[theirs] != there) + (f"# edit {number}\n" not in file.read_text("utf-8"))
        )
    text = file.read_text("utf-8")
    again = boundary.render_plan(boundary.parse_plan(text, str(file)), text)
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    return {
        "rounds": rounds,
        "conflicts met": met,
        "edits lost": lost,
        "comments lost": 1 - text.startswith("# a person's words\n"),
        "bytes changed by saving again": int(again != text),
    }


def in_page(page: Any, unit: str, service: str) -> None:
    page.evaluate(
        "([unit, to]) => { const s = decompose.store; decompose.edit.moveUnits(s, [s.model.unitBySymbol.get(unit)], s.groups.findIndex((g) => !g.gone && g.name === to)); }",
        [unit, service],
    )


def in_file(file: Path, unit: str, service: str, number: int) -> None:
    text = file.read_text("utf-8")
    stored = boundary.parse_plan(text, str(file))
    services = []
    for one in stored.services:
        members = sorted({name for name in one.members if name != unit} | ({unit} if one.name == service else set()))
        services.append(one.model_copy(update={"members": tuple(members)}))
    changed = stored.model_copy(
        update={"services": tuple(services), "shared": tuple(s for s in stored.shared if s != unit)}
    )
    file.write_text(boundary.render_plan(changed, text) + f"# edit {number}\n", "utf-8")


def void(_: object) -> None:
    """Forget a result."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("law", nargs="*")
    parser.add_argument("--rounds", type=int, help="rounds of `conflicts`, systems of `overlaps`")
    given = parser.parse_args()
    main(given.law, {} if given.rounds is None else {"rounds": given.rounds})
