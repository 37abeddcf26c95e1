"""`analyze`, `export`, `explain`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from decompose import api
from decompose.ir.codec import encode_graph, write_atomic
from decompose.ir.fleet import repository_of
from decompose.workflow.inputs import find_root
from decompose.workflow.outcome import Outcome

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph

GRAPH_FILE = "graph.json"
PICTURE_FILE = "graph.svg"


def report_analysis(
    paths: Sequence[Path],
    *,
    cache: bool = True,
    page: Path | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    executor: str = "",
    progress: api.Progress | None = None,
) -> Outcome:
    """Analyse a tree, or several repositories as one; write the graph, its picture and, when asked for, the page.

    With `select`, the summary is the list of the chosen findings.
    """
    started = time.perf_counter()
    with api.open_executor(executor) as pool:
        system = api.analyze(paths, cache=cache, executor=pool, progress=progress)
    system = api.choose_findings(system, select=select, ignore=ignore)
    root, repositories = api.common_root(paths)
    folder = Path(api.STATE_FOLDER)
    written = [folder / GRAPH_FILE, folder / PICTURE_FILE]
    write_atomic(written[0], encode_graph(system))
    write_atomic(written[1], api.export(system, "svg"))
    if page is not None:
        write_atomic(page, api.page(system, root=root).encode())
        written.append(page)
    figures = analysis_figures(system) | {"seconds": round(time.perf_counter() - started, 3)}
    if repositories:
        figures["repositories"] = between(system, repositories)
    summary = api.findings_text(system) if select else api.summary(system)
    return Outcome(summary=summary, figures=figures, written=tuple(written))


def between(system: CodeGraph, repositories: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how often repositories of a fleet depend on each other: `{"A -> B": {"call": 3, "asset": 1}}`.

    An asset that one writes and another reads counts from the writer to the reader.
    """
    paths = {module.name: module.path for module in system.modules}

    def home(symbol: str) -> str:
        return repository_of(paths.get(symbol.partition(":")[0], ""), repositories)

    found: dict[str, Counter[str]] = {}
    touched: dict[str, dict[str, set[str]]] = {}
    for edge in system.edges:
        source, target = home(edge.source), home(edge.target)
        if edge.kind in ("read", "write") and source:
            touched.setdefault(edge.target, {"read": set(), "write": set()})[edge.kind].add(source)
        if source and target and source != target:
            found.setdefault(f"{source} -> {target}", Counter())[edge.kind] += 1
    for uses in touched.values():
        for writer in uses["write"]:
            for reader in uses["read"] - {writer}:
                found.setdefault(f"{writer} -> {reader}", Counter())["asset"] += 1
    return {pair: dict(sorted(counts.items())) for pair, counts in sorted(found.items())}


def analysis_figures(system: CodeGraph) -> dict[str, Any]:
    """Return the counts that `analyze --json` prints."""
    edges: dict[str, Counter[str]] = {}
    for edge in system.edges:
        edges.setdefault(edge.kind, Counter())[edge.confidence] += 1
    return {
        "name": system.name,
        "digest": system.digest,
        "files": dict(Counter(file.outcome for file in system.files)),
        "modules": dict(Counter(module.kind for module in system.modules)),
        "symbols": dict(Counter(unit.kind for unit in system.units)),
        "edges": {kind: dict(count) for kind, count in edges.items()},
        "calls": system.coverage,
        "roles": dict(Counter(unit.roles[0].role for unit in system.units if unit.roles)),
        "assets": dict(Counter(asset.kind for asset in system.assets)),
        "states": dict(Counter(state.kind for state in system.states)),
        "findings": dict(Counter(finding.code for finding in system.findings)),
        "found": [{**to_builtins(finding), "place": str(finding.span)} for finding in system.findings],
        "skipped": {file.path: file.reason for file in system.files if file.outcome == "skipped"},
    }


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows; as `views.dot_source` takes it."""

    level: str | None = None
    """By default what suits the format: modules for a picture, services for a diagram in a pull request."""
    focus: tuple[str, ...] = ()
    depth: int = 1
    hide: tuple[str, ...] = ()
    group_by: str = "auto"
    most: int = 60
    dark: bool = False


def export(
    path: Path,
    *,
    format: str,
    plan_file: Path,
    picture: Picture | None = None,
    cache: bool = True,
    progress: api.Progress | None = None,
) -> bytes:
    """Return the graph in another format; with a plan file of this system, framed by its services."""
    if format == "callgraph":
        return api.callgraph(path, cache=cache, progress=progress)
    system = api.analyze(path, cache=cache, progress=progress)
    plan = api.read_plan(plan_file) if plan_file.is_file() else None
    fits = plan is not None and (plan_file.parent / plan.root).resolve() == path.resolve()
    wanted = {name: value for name, value in asdict(picture or Picture()).items() if value is not None}
    return api.export(system, format, plan=plan if fits else None, **wanted)


def report_explanation(symbols: Sequence[str], *, root: Path | None, plan_file: Path) -> Outcome:
    """Say why a unit has its role and place, or why an edge exists."""
    folder = find_root(root, plan_file)
    system = api.analyze(folder)
    plan = api.read_plan(plan_file) if plan_file.is_file() else None
    figures = api.explanation(system, symbols, plan, root=folder)
    return Outcome(summary=figures["text"], figures=figures)
