"""What the terminal shows: counts, tables and trees, and at the end always what was not understood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Group as Stack
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from decompose.ir import symbols
from decompose.ir.findings import Finding
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import OFFLINE_KINDS
from decompose.ir.membership import membership as resolve_membership
from decompose.ir.plan import Plan, ServicePlan
from decompose.views.grouping import roles_of
from decompose.views.links import accesses, top_units
from decompose.views.metrics import PlanFigures, measure
from decompose.views.palette import LIFE_CYCLE, ROLE_COLOURS, ROLE_LABELS

_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}
MOST_ROWS = 12
MOST_OWNED = 4
MOST_MEMBERS = 8
"""Members of a service that the tree names."""


def summary(graph: CodeGraph) -> RenderableType:
    """Return what an analysis found, for a terminal: files, symbols, edges, roles, assets, findings, and the gaps."""
    parts: list[RenderableType] = [
        Text.assemble((graph.name, "bold"), f"  {_files(graph)}"),
        Text(),
        _side_by_side(_symbols_table(graph), _edges_table(graph), _roles_table(graph)),
    ]
    assets = _assets_table(graph)
    if assets.row_count:
        parts += [Text(), assets]
    if graph.findings:
        parts += [Text(), _findings_table(graph.findings)]
    return Stack(*parts, Text(), _gaps(graph))


def findings(graph: CodeGraph) -> RenderableType:
    """Return every finding with its place, what is the case and how to mend it, errors first, for a terminal."""
    rank = {"error": 0, "warning": 1, "note": 2}
    lines = []
    for found in sorted(graph.findings, key=lambda x: (rank[x.level], x)):
        head = Text(f"{found.span}:{found.span.column + 1} ", no_wrap=True, overflow="ignore")
        lines.append(head.append(found.code, style=_STYLES[found.level]).append(f" {found.message}"))
        if found.hint:
            lines.append(Text(f"    {found.hint}", style="dim", no_wrap=True, overflow="ignore"))
    return Stack(*lines) if lines else Text("no findings")


def plan_summary(plan: Plan, graph: CodeGraph, *, membership: Mapping[str, str] | None = None) -> RenderableType:
    """Return a plan for a terminal: verdict with its numbers, a tree of services with their reasons, and figures."""
    where = membership if membership is not None else resolve_membership(plan, graph)
    figures = measure(graph, plan, where)
    verdict = Text.assemble(("verdict: ", "dim"), (plan.verdict.decision, "bold"))
    lines = [Text(f"  {reason}") for reason in plan.verdict.because]
    if plan.verdict.would_change:
        lines.append(Text(f"  would change it: {plan.verdict.would_change}", style="dim"))
    return Stack(verdict, *lines, Text(), plan_tree(plan, graph, membership=where), Text(), _figures(figures))


def plan_tree(plan: Plan, graph: CodeGraph, *, membership: Mapping[str, str] | None = None) -> Tree:
    """Return the services of a plan as a tree: why each stands alone, what it holds and owns."""
    where = membership if membership is not None else resolve_membership(plan, graph)
    units = top_units(graph)
    held: dict[str, list[str]] = defaultdict(list)
    for symbol, service in sorted(where.items()):
        if symbol in units and units[symbol].kind != "module":
            held[service].append(symbol)
    tree = Tree(Text(plan.system, style="bold"), guide_style="dim")
    for planned in plan.services:
        _branch(tree, planned, held[planned.name], graph)
    for name, words in (("shared", "copied into each service"), ("offline", "not deployed"), ("dead", "never reached")):
        if held[name]:
            tree.add(Text.assemble(name, (f"  {words}, {_count(len(held[name]), 'unit')}", "dim")))
    return tree


def _branch(tree: Tree, service: ServicePlan, members: list[str], graph: CodeGraph) -> None:
    roles = roles_of(graph)
    lock = "  locked" if service.locked else ""
    title = Text.assemble((service.name, "bold"), (f"  {service.kind}, {_count(len(members), 'unit')}{lock}", "dim"))
    branch = tree.add(title)
    if service.because:
        branch.add(Text(service.because, style="italic"))
    telling = sorted(members, key=lambda symbol: (roles.get(symbol, "") in ("", "config_util"), symbol))
    for symbol in telling[:MOST_MEMBERS]:
        branch.add(Text.assemble(symbol, (f"  {ROLE_LABELS[roles[symbol]]}", "dim") if roles.get(symbol) else ""))
    if len(members) > MOST_MEMBERS:
        branch.add(Text(f"and {len(members) - MOST_MEMBERS:,} more", style="dim"))
    if service.owns:
        more = f" and {len(service.owns) - MOST_OWNED} more" if len(service.owns) > MOST_OWNED else ""
        branch.add(Text(f"owns {', '.join(service.owns[:MOST_OWNED])}{more}", style="dim"))


def _figures(figures: PlanFigures) -> Table:
    table = _table("service", "units", "cohesion", "in", "out", title="what the parts need of each other")
    for name, row in figures.groups.items():
        cohesion = "-" if row.cohesion is None else f"{row.cohesion:.0%}"
        table.add_row(escape(name), str(row.units), cohesion, f"{row.incoming:.0f}", f"{row.outgoing:.0f}")
    share = "-" if figures.share is None else f"{figures.share:.0%}"
    table.caption = (
        f"{share} of the coupling crosses; {_count(figures.remote, 'remote call')}; {figures.cyclic} in a circle"
    )
    table.caption_justify = "left"
    return table


def _files(graph: CodeGraph) -> str:
    outcomes = Counter(file.outcome for file in graph.files)
    words = [f"{outcomes[name]:,} {name}" for name in ("analysed", "degraded", "skipped") if outcomes[name]]
    lines = sum(module.lines for module in graph.modules)
    return f"files: {', '.join(words) or len(graph.modules)}" + (f"; {lines:,} lines" if lines else "")


def _symbols_table(graph: CodeGraph) -> Table:
    table = _table("symbol", "count")
    for kind, count in sorted(Counter(unit.kind for unit in graph.units).items(), key=lambda item: -item[1]):
        table.add_row(kind, f"{count:,}")
    entries = Counter(unit.entry.kind for unit in graph.units if unit.entry)
    for entry, count in sorted(entries.items()):
        table.add_row(f"entry: {entry}", f"{count:,}")
    return table


def _edges_table(graph: CodeGraph) -> Table:
    table = _table("edge", "certain", "possible")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for edge in graph.edges:
        counts[edge.kind][edge.confidence] += 1
    for kind, by in sorted(counts.items(), key=lambda item: (-item[1].total(), item[0])):
        table.add_row(kind.replace("_", " "), f"{by['certain']:,}", f"{by['possible']:,}" if by["possible"] else "")
    return table


def _roles_table(graph: CodeGraph) -> Table:
    table = _table("role", "units")
    counts = Counter(roles_of(graph).values())
    for role in (*LIFE_CYCLE, ""):
        if counts[role]:
            label = Text.assemble(("■ ", ROLE_COLOURS[role][1]), ROLE_LABELS[role])
            table.add_row(label, f"{counts[role]:,}")
    return table


def _assets_table(graph: CodeGraph) -> Table:
    """Return the assets that most units touch, hand-offs first."""
    writers: dict[str, set[str]] = defaultdict(set)
    readers: dict[str, set[str]] = defaultdict(set)
    tests = {module.name for module in graph.modules if module.kind in OFFLINE_KINDS}
    for touch in accesses(graph):
        if not symbols.is_state(touch.thing) and symbols.module_of(touch.unit) not in tests:
            (writers if touch.mode == "write" else readers)[touch.thing].add(touch.unit)
    table = _table(
        "asset", "written by", "read by", title=f"assets: {len(graph.assets):,}; shared states: {len(graph.states):,}"
    )
    ranked = sorted(
        {*writers, *readers}, key=lambda a: (not (writers[a] and readers[a]), -len(writers[a] | readers[a]), a)
    )
    for asset in ranked[:MOST_ROWS]:
        table.add_row(escape(asset), _names(writers[asset]), _names(readers[asset]))
    if len(ranked) > MOST_ROWS:
        table.caption = f"and {len(ranked) - MOST_ROWS:,} more"
        table.caption_justify = "left"
    return table


def _findings_table(findings: Iterable[Finding]) -> Table:
    by_code: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.level, finding.code].append(finding)
    table = _table("finding", "count", "for example")
    rank = {"error": 0, "warning": 1, "note": 2}
    for (level, code), found in sorted(by_code.items(), key=lambda item: (rank[item[0][0]], item[0][1])):
        style = _STYLES[level]
        example = min(found)
        table.add_row(
            Text(f"{code} {level}", style=style), f"{len(found):,}", Text(f"{example.span} {example.message}")
        )
    return table


def _gaps(graph: CodeGraph) -> Text:
    """Return what was not understood, counted."""
    calls = graph.coverage
    skipped = [file for file in graph.files if file.outcome == "skipped"]
    text = Text("not understood: ", style="bold")
    if not calls.unresolved and not skipped:
        return text.append("nothing", style="not bold")
    of = f" of {calls.total:,}" if calls.total else ""
    parts = [f"{_count(calls.unresolved, 'call site')}{of}"] if calls.unresolved else []
    causes = sorted(calls.causes.items(), key=lambda item: (-item[1], item[0]))[:4]
    if causes:
        parts[-1] += f" ({', '.join(f'{cause} {count:,}' for cause, count in causes)})"
    parts += [f"{_count(len(skipped), 'file')} skipped"] * bool(skipped)
    return text.append("; ".join(parts), style="not bold")


def _names(units: set[str]) -> Text:
    named = [symbols.qualname_of(unit).replace(symbols.MODULE_BODY, symbols.module_of(unit)) for unit in sorted(units)]
    more = f" +{len(named) - 2}" if len(named) > 2 else ""
    return Text(", ".join(named[:2]) + more) if named else Text("nobody", style="dim")


def _table(*columns: str, title: str = "") -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold", pad_edge=False)
    for number, column in enumerate(columns):
        is_count = column in ("count", "units", "certain", "possible", "in", "out", "cohesion")
        table.add_column(column, justify="right" if number and is_count else "left", overflow="fold", no_wrap=is_count)
    return table


def _side_by_side(*tables: Table) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_row(*tables)
    return grid


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
