"""The verbs as functions: each chains its stages; the only file that knows them all.

Stages are imported inside the functions, so that `import decompose` and `decompose --help` stay quick
(libcst and networkx cost 130 ms each to import).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from decompose.errors import ConfigError, LaunchError, PlanError, SourceError
from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.boundary import BoundaryEntry, PlanChange
    from decompose.ir.blueprint import Blueprint
    from decompose.ir.contracts import Offer
    from decompose.ir.evidence import History, Trace
    from decompose.ir.extraction import ExtractionStep
    from decompose.ir.filetree import FileTree
    from decompose.ir.findings import Finding
    from decompose.ir.graph import CodeGraph
    from decompose.ir.partition import Partition
    from decompose.ir.plan import Plan
    from decompose.ir.reports import Alternative, Comparison, Equivalence
    from decompose.ir.violations import Violations
    from decompose.parity.prices import Prices
    from decompose.scaffold import WriteReport

STATE_FOLDER = ".decompose"
"""Where results and caches go, in the current directory."""
PLAN_FILE = "decompose.yaml"
JOURNAL_FILE = "compare.jsonl"
"""Where an interrupted comparison keeps what it has measured, in the state folder."""
TRACE_FILE = "trace.json"
"""Where a trace goes, in the state folder."""

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""

_root_by_digest: dict[str, Path] = {}


def analyze(
    path: str | os.PathLike[str] = ".",
    *,
    cache: bool = True,
    state: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CodeGraph:
    """Return the call and data dependency graph of the tree at `path`, with ML roles.

    Nothing of the tree is imported or run.

    Args:
        path: Folder of the monolith.
        cache: Whether to remember each file's facts under `state`, by content.
        state: Folder of the cache; `.decompose` in the current directory by default.
        executor: Where files are read; worker processes on this machine by default.
        progress: Called as files are read.

    Raises:
        SourceError: If there is no such folder, or no Python in it.
    """
    from decompose import graph, knowledge, roles, source
    from decompose.config import read_settings

    root = Path(path)
    settings = read_settings(root)
    known = knowledge.load(tuple(root / name for name in settings.knowledge))
    folder = (state or Path(STATE_FOLDER)) / "cache"
    facts = source.scan(root, cache_dir=folder if cache else None, executor=executor, progress=progress)
    if cache:
        _state(state)
    system = roles.assign(graph.link(facts, known), known)
    system = choose_findings(system, ignore=settings.ignore)
    _root_by_digest[system.digest] = root
    return system


def choose_findings(system: CodeGraph, *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> CodeGraph:
    """Return the graph with the findings whose code begins with one of `select` and with none of `ignore`.

    Args:
        system: A graph from `analyze`.
        select: Codes or their beginnings (`DC3`, `DC307`); all findings by default.
        ignore: Codes or their beginnings that are left out.
    """
    from msgspec.structs import replace

    kept = tuple(
        finding
        for finding in system.findings
        if finding.code.startswith(tuple(select) or "DC") and not finding.code.startswith(tuple(ignore))
    )
    return system if kept == system.findings else replace(system, findings=kept)


def callgraph(
    path: str | os.PathLike[str] = ".",
    *,
    cache: bool = True,
    state: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return who calls whom in the tree at `path` as JSON, `{caller: [callees]}`, in the format of public benchmarks.

    Only what calls need is read, and nothing at all when neither the tree nor this program has changed since.

    Args:
        path: Folder of the monolith.
        cache: Whether to remember facts and the result under `state`, by content.
        state: Folder of the cache; `.decompose` in the current directory by default.
        executor: Where files are read; worker processes on this machine by default.
        progress: Called as files are read.

    Raises:
        SourceError: If there is no such folder, or no Python in it.
    """
    from decompose import graph, knowledge, source
    from decompose.config import read_settings

    root = Path(path)
    extra = tuple(root / name for name in read_settings(root).knowledge)
    folder = (state or Path(STATE_FOLDER)) / "cache"
    key = source.fingerprint(root, extra) if cache else ""
    known = source.recall(folder, "callgraph", key) if cache else None
    if known is not None:
        return known
    facts = source.scan(
        root, cache_dir=folder if cache else None, executor=executor, progress=progress, with_effects=False
    )
    content = codec.encode(graph.callgraph(graph.link_calls(facts, knowledge.load(extra))))
    if cache:
        _state(state)
        source.keep(folder, "callgraph", key, content)
    return content


def propose(
    system: CodeGraph | str | os.PathLike[str],
    *,
    previous: Plan | None = None,
    trace: Trace | None = None,
    history: History | None = None,
) -> Plan:
    """Return the recommended decomposition of a system as a plan.

    Args:
        system: A graph from `analyze`, or the path to analyse.
        previous: A plan whose locks are kept and from which as little as possible moves.
        trace: What a traced run showed; raises the confidence of calls and sizes.
        history: What the git history shows; read from the analysed tree when absent.
    """
    return propose_all(system, previous=previous, trace=trace, history=history)[0]


def propose_all(
    system: CodeGraph | str | os.PathLike[str],
    *,
    previous: Plan | None = None,
    trace: Trace | None = None,
    history: History | None = None,
) -> tuple[Plan, tuple[Partition, ...]]:
    """Return the plan and every partition that was weighed, the recommended one first."""
    from decompose import boundary, cluster, evidence

    graph = _graph(system)
    root = _root_by_digest.get(graph.digest)
    if history is None and root is not None:
        history = evidence.read_history(root)
    partitions = cluster.partitions(graph, trace=trace, history=history, previous=previous)
    plan = boundary.draft(graph, partitions, previous=previous, trace=trace, history=history)
    return plan.model_copy(update={"root": _relative(root)} if root is not None else {}), partitions


def blueprint(plan: Plan, system: CodeGraph, *, trace: Trace | None = None) -> Blueprint:
    """Return the plan resolved against the graph: operations, contracts, cut edges with verdicts, hand-offs.

    Raises:
        PlanError: If the plan names a symbol that the graph does not have.
    """
    from decompose import boundary

    return boundary.resolve(plan, system, trace=trace)


def generate(plan: Plan, system: CodeGraph, *, root: str | os.PathLike[str] | None = None) -> FileTree:
    """Return the services as a tree of files; nothing is written.

    Args:
        plan: What becomes a service.
        system: The graph that the plan was made for.
        root: The monolith; by default where `system` was analysed, else the plan's `root`.

    Raises:
        PlanError: If the plan does not fit the graph.
        GenerateError: If the plan cannot be turned into services.
    """
    return generate_all(plan, system, root=root)[0]


def generate_all(
    plan: Plan,
    system: CodeGraph,
    *,
    root: str | os.PathLike[str] | None = None,
    only: Sequence[str] = (),
    in_place: bool = False,
    targets: Sequence[str] = (),
) -> tuple[FileTree, tuple[Finding, ...]]:
    """Return the tree of files, and what the resolved plan had to say about the cut.

    Args:
        plan: What becomes a service.
        system: The graph that the plan was made for.
        root: The monolith; by default where `system` was analysed, else the plan's `root`.
        only: Services to generate; all when empty.
        in_place: Whether the monolith goes on running, with a switch to the services: as a patch.
        targets: Names of installed plug-ins (`decompose.targets`) that write files of their own.
    """
    from decompose import boundary, plugins, scaffold

    folder = Path(root) if root is not None else _root_by_digest.get(system.digest, Path(plan.root))
    resolved, extraction = blueprint(plan, system, trace=find_trace()), None
    if only or in_place:
        resolved, extraction = boundary.extract(resolved, system, only)
    others = [cast("scaffold.Target", plugins.load_plugin(plugins.TARGETS, name)) for name in targets]
    sources = read_sources(system, folder)
    tree = scaffold.emit(
        resolved,
        system,
        sources,
        read_notebooks(system, sources),
        targets=(*scaffold.BUILT_IN, *others),
        extraction=extraction if in_place else None,
        templates=_own_templates(folder),
    )
    return tree, (*resolved.findings, *tree.findings)


def _own_templates(root: Path) -> Path | None:
    """Return the folder of the project's own templates, `None` when it names none.

    Raises:
        ConfigError: If the folder that it names is not there.
    """
    from decompose.config import read_settings

    name = read_settings(root).templates
    if name and not (root / name).is_dir():
        raise ConfigError(
            f"{root / 'pyproject.toml'}: `tool.decompose.templates`: no folder `{name}`",
            hint="make it, or drop the line",
        )
    return root / name if name else None


def extraction_order(plan: Plan, system: CodeGraph) -> tuple[ExtractionStep, ...]:
    """Return the order in which to take the plan's services out of the monolith, with the reasons."""
    from decompose import boundary

    return boundary.extraction_order(blueprint(plan, system, trace=find_trace()))


def write_tree(tree: FileTree, output: Path) -> WriteReport:
    """Write generated files: all or nothing, and never over a person's edit.

    Raises:
        WriteError: If the place cannot be written.
    """
    from decompose import scaffold

    return scaffold.write(tree, output)


def read_sources(system: CodeGraph, root: Path) -> Mapping[str, bytes]:
    """Return the bytes of every file that the graph speaks of, by path relative to `root`.

    Raises:
        SourceError: If a file has gone or changed since the analysis.
    """
    sources: dict[str, bytes] = {}
    for module in system.modules:
        try:
            sources[module.path] = (root / module.path).read_bytes()
        except OSError as error:
            raise SourceError(
                f"{root / module.path}: cannot be read: {error.strerror or error}",
                hint="analyse the tree again, or name its folder",
            ) from error
    return sources


def read_notebooks(system: CodeGraph, sources: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return the code cells of every notebook as one text, by path, as the analysis saw them."""
    from decompose.source.notebooks import cells_of

    found = {}
    for module in system.modules:
        if module.kind == "notebook":
            with contextlib.suppress(SourceError):  # the analysis has said so already
                found[module.path] = cells_of(sources[module.path].decode("utf-8", "replace"), module.path)[0]
    return found


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Return the plan in a file.

    Raises:
        PlanError: If it is missing or says something that cannot be; with file, line and mend.
    """
    from decompose import boundary

    file = Path(path)
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        hint = f"`decompose propose` writes one, as {PLAN_FILE}"
        raise PlanError(f"{file}: cannot be read: {error.strerror or error}", hint=hint) from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{file}: is not UTF-8 text", hint="save it as UTF-8") from error
    return boundary.parse_plan(text, str(file))


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan; comments and order of an existing file are kept.

    Raises:
        WriteError: If the place cannot be written.
    """
    from decompose import boundary

    file = Path(path)
    previous = file.read_text("utf-8") if file.is_file() else None
    codec.write_atomic(file, boundary.render_plan(plan, previous).encode())


def verify(out: str | os.PathLike[str], *, root: str | os.PathLike[str], **options: Any) -> Equivalence:
    """Return whether the generated services in `out` answer as the monolith at `root` does; see `parity.verify`."""
    from decompose import parity

    return parity.verify(Path(out), root=Path(root), **options)


def render_equivalence(result: Equivalence, format: str) -> str:
    """Return what verification found, as `markdown`, `json`, `junit` or `html`."""
    from decompose import parity
    from decompose.views.report import equivalence_page

    renderers = {"markdown": parity.to_markdown, "json": parity.to_json, "junit": parity.to_junit}
    return (renderers | {"html": equivalence_page})[format](result)


def find_trace(state: Path | None = None) -> Trace | None:
    """Return the trace that `decompose trace` left in the state folder, if there is one."""
    from decompose import evidence

    file = (state or Path(STATE_FOLDER)) / TRACE_FILE
    return evidence.read_trace(file) if file.is_file() else None


def record_trace(words: Sequence[str], *, root: Path, output: Path) -> int:
    """Run a command under the tracer and return its exit code; the trace goes to `output`."""
    from decompose import evidence

    _state(None)
    return evidence.record_trace(words, root=root, output=output)


def membership(plan: Plan, system: CodeGraph) -> dict[str, str]:
    """Return the service of every module-level unit: a service's name, `shared`, `offline` or `dead`."""
    from decompose import boundary

    return boundary.membership(plan, system)


def check_members(plan: Plan, system: CodeGraph, *, path: Path) -> None:
    """Raise when a plan file names a unit that the graph does not have, or one twice.

    Raises:
        PlanError: With file, line, and what was probably meant.
    """
    from decompose import boundary

    text = path.read_text("utf-8") if path.is_file() else ""
    boundary.check_members(plan, system, text=text, path=str(path))


def proposal(plan: Plan, system: CodeGraph) -> dict[str, Any]:
    """Return service and role of every unit, and the assets with readers and writers, as plain JSON values."""
    from decompose import boundary

    return boundary.proposal(plan, system)


def plan_changes(before: Plan, after: Plan, system: CodeGraph | None = None) -> tuple[PlanChange, ...]:
    """Return what differs between two plans; unit by unit where the graph is given."""
    from decompose import boundary

    return boundary.diff_plans(before, after, system)


def hazards(system: CodeGraph, cut: Mapping[str, Any] | Plan) -> dict[str, Any]:
    """Return what each cut edge would break as a remote call, with hazard numbers and lines.

    Args:
        system: The graph.
        cut: A plan, or a mapping of service names to lists of modules, with `edges` beside them when only some count.
    """
    from decompose import boundary

    return boundary.hazard_report(system, cut)


def boundaries(
    plan: Plan,
    system: CodeGraph,
    *,
    trace: Trace | None = None,
    history: History | None = None,
    state: Path | None = None,
) -> tuple[BoundaryEntry, ...]:
    """Return every boundary of a plan with its price and its worth, each term with its unit and its evidence.

    What a call over the wire costs is measured on this machine the first time, and remembered.

    Args:
        plan: The plan.
        system: The graph that it was made for.
        trace: What a traced run showed.
        history: What the git history shows; read from the analysed tree when absent.
        state: Folder in which the price of a hop is remembered.
    """
    from decompose import boundary, evidence

    root = _root_by_digest.get(system.digest)
    known = history if history is not None else evidence.read_history(root) if root is not None else None
    hop = evidence.calibrate(_state(state))
    return boundary.ledger(plan, system, boundary.resolve(plan, system, trace=trace, hop=hop), history=known)


def explanation(system: CodeGraph, symbols: Sequence[str], plan: Plan | None = None) -> dict[str, Any]:
    """Return why a unit has its role and its place, or, for two symbols, why the edges between them exist.

    One service of the plan, or two: the price and the worth of its boundaries.

    Raises:
        PlanError: If a symbol is not in the graph; the nearest known ones are named.
    """
    from decompose import boundary, views

    if plan is not None and {service.name for service in plan.services}.issuperset(symbols):
        entries = [e for e in boundaries(plan, system, trace=find_trace()) if {e.first, e.second}.issuperset(symbols)]
        return {"text": "\n\n".join(map(boundary.as_text, entries)), "boundaries": [asdict(entry) for entry in entries]}
    return views.explanation(system, symbols, membership=membership(plan, system) if plan is not None else None)


def export(system: CodeGraph, format: str, *, plan: Plan | None = None, **options: Any) -> bytes:
    """Return the graph in another format: one of `views.FORMATS`, or `callgraph` (`{caller: [callees]}`).

    Raises:
        RenderError: If the format is unknown or cannot be drawn on this machine.
    """
    from decompose import graph, views

    if format == "callgraph":
        return codec.encode(graph.callgraph(system))
    where = membership(plan, system) if plan is not None else None
    return views.export(system, format, plan=plan, membership=where, **options)


def drawing_program() -> str:
    """Return the path of the Graphviz program that draws pictures here.

    Raises:
        RenderError: If there is none.
    """
    from decompose.views.dot import find_dot

    return find_dot()


def schema(record: str) -> bytes:
    """Return the JSON Schema (draft 2020-12) of a file that people or programs read: `plan` or `graph`.

    Raises:
        ConfigError: If there is no such record.
    """
    import msgspec

    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan

    schemas: dict[str, Callable[[], dict[str, Any]]] = {
        "plan": Plan.model_json_schema,
        "graph": lambda: msgspec.json.schema(CodeGraph),
    }
    if record not in schemas:
        raise ConfigError(f"no record `{record}` with a schema", hint=f"one of {', '.join(sorted(schemas))}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return codec.encode(head | schemas[record]())


def summary(system: CodeGraph, plan: Plan | None = None) -> object:
    """Return what a terminal shows of a graph, or of a plan, as a rich renderable."""
    from decompose import views

    return views.summary(system) if plan is None else views.plan_summary(plan, system)


def display(record: object) -> Mapping[str, str]:
    """Return a graph, a plan or a comparison as notebooks show it: MIME type to text."""
    from decompose import views

    return views.display(record)


def findings_text(system: CodeGraph) -> object:
    """Return every finding of a graph with place, explanation and mend, as a rich renderable."""
    from decompose import views

    return views.findings(system)


def page(system: CodeGraph, *, plan: Plan | None = None, root: Path | None = None, against: Plan | None = None) -> str:
    """Return the interactive page as one self-contained HTML document.

    Args:
        system: The graph.
        plan: The plan to show and edit.
        root: The analysed folder, from which the source lines of the evidence are read.
        against: Another plan of the same system, to compare with.
    """
    from decompose import views

    where = membership(plan, system) if plan is not None else None
    other = (against, membership(against, system)) if against is not None else None
    lines = read_lines(system, root) if root is not None else None
    return views.page(system, plan, membership=where, lines=lines, other=other)


def page_data(system: CodeGraph, plan: Plan, *, root: Path) -> dict[str, Any]:
    """Return what the review page shows, as plain JSON values."""
    from decompose import views

    return views.page_data(system, plan=plan, membership=membership(plan, system), lines=read_lines(system, root))


def serve_review(
    system: CodeGraph, *, root: Path, plan_file: Path, port: int, browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the review page on 127.0.0.1 until interrupted; what is saved there is written to the plan file.

    Raises:
        LaunchError: If the port cannot be opened.
    """
    from decompose import boundary, views

    def content(text: str) -> dict[str, Any]:
        plan = boundary.parse_plan(text, str(plan_file))
        boundary.check_members(plan, system, text=text, path=str(plan_file))
        # The page of the server, unlike a file that is handed on, may name this machine's folder: its links open the editor.
        return page_data(system, plan, root=root) | {"root": root.resolve().as_posix()}

    desk = views.Desk(
        name=system.name,
        read=lambda: plan_file.read_text("utf-8"),
        content=content,
        render=boundary.render_plan,
        save=lambda text: codec.write_atomic(plan_file, text.encode()),
        repropose=lambda plan: boundary.render_plan(propose(system, previous=plan), plan_file.read_text("utf-8")),
    )
    views.serve(desk, port=port, open_browser=browser, say=say)


def read_lines(system: CodeGraph, root: Path) -> dict[str, list[str]]:
    """Return the source lines of every analysed file that can still be read, by path."""
    from decompose import source

    return source.read_lines([module.path for module in system.modules], root)


def check(
    plan: Plan, system: CodeGraph, *, accepted: str | None = None, baseline_name: str = "", root: str = ""
) -> tuple[Violations, Callable[[str], str], Callable[[], str]]:
    """Return where the code breaks the plan's boundaries, how to print that, and how to accept it.

    Args:
        plan: The promises.
        system: The system as it is now.
        accepted: Text of the baseline file, when there is one.
        baseline_name: Name of that file, for messages.
        root: Where the analysed tree lies below the current directory; reports name files from there.

    Returns:
        The violations, a function from format name to text, and one that gives a baseline accepting them all.
    """
    from decompose import gate

    baseline = gate.read_baseline(accepted, baseline_name) if accepted is not None else None
    found = gate.check(plan, system, baseline=baseline, today=date.today(), baseline_path=baseline_name)
    placed = gate.below(found, root)
    return found, lambda format: gate.render(placed, format), lambda: gate.render_baseline(found, baseline)


def compatibility(old: Offer, new: Offer) -> tuple[Violations, Callable[[str], str]]:
    """Return what a generation no longer offers that the one before it did, and how to print that.

    Args:
        old: What callers rely on.
        new: What is offered now.
    """
    from decompose import gate

    found = gate.compare_offers(old, new)
    return found, lambda format: gate.render(found, format)


def compare(
    plan: Plan,
    system: CodeGraph,
    out: str | os.PathLike[str],
    *,
    root: Path,
    workload: bytes | None = None,
    driver: Sequence[str] = (),
    prices: Mapping[str, float] | None = None,
    predict_only: bool = False,
    python: Path | None = None,
    state: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Comparison:
    """Return monolith beside services: predicted, and measured too unless only a prediction is wanted.

    Args:
        plan: The plan that `out` was generated from.
        system: The monolith's graph.
        out: The generated workspace.
        root: The monolith.
        workload: JSON of `parity.workload.Workload`: how to serve the application, and requests to send; by default
            the pages that need no parameters, if there are any.
        driver: A command to time on both sides.
        prices: Of an hour of one `cpu`, one `memory_gb` and one `gpu`, in $.
        predict_only: Run nothing of the system.
        python: Interpreter that has the monolith's dependencies.
        state: Folder in which the price of a hop is remembered.
        say: Takes a line for each step.
    """
    from decompose import evidence
    from decompose.parity.compare import CompareOptions
    from decompose.parity.compare import compare as compare_systems
    from decompose.parity.footprint import footprints
    from decompose.parity.predict import Assumptions, Inputs
    from decompose.parity.verify import VerifyOptions
    from decompose.parity.workload import Workload, draft

    trace = find_trace(state)
    resolved = blueprint(plan, system, trace=trace)
    requirements = {service.name: service.requirements for service in resolved.services}
    run = VerifyOptions(python=python) if python is not None else VerifyOptions()
    say("pricing a call and a request on this machine")
    inputs = Inputs(
        graph=system,
        blueprint=resolved,
        trace=trace,
        history=evidence.read_history(root),
        prices=_prices(system, Path(out), run.python, _state(state), say),
        footprints=footprints(requirements | {"monolith": system.requirements}, python=run.python),
        alternatives=_alternatives(plan, system),
    )
    chosen = codec.decode(workload, Workload, path=Path("workload")) if workload is not None else None
    if chosen is None and not predict_only:
        chosen = draft(Path(out), system)
        if chosen is not None:
            say(f"no workload given: asking {', '.join(request.path for request in chosen.requests)}")
    options = CompareOptions(
        workload=None if predict_only else chosen,
        driver=() if predict_only else tuple(driver),
        run=run,
        assumptions=Assumptions(prices=prices) if prices else Assumptions(),
        journal=_state(state) / JOURNAL_FILE,
    )
    return compare_systems(Path(out), root=root, inputs=inputs, options=options, progress=say)


def _alternatives(plan: Plan, system: CodeGraph) -> tuple[Alternative, ...]:
    """Return the plans that nothing else beats; the one of the same services as `plan` is the chosen one."""
    from decompose.ir.reports import Alternative

    names = {service.name for service in plan.services}
    return tuple(
        Alternative(
            name=partition.name,
            services=len(partition.clusters),
            cost=round(100 * partition.metrics.get("icp", 0.0), 1),
            gain=round(100 * partition.metrics.get("stage_purity", 0.0), 1),
            is_chosen={cluster.name for cluster in partition.clusters if cluster.name in names} == names,
        )
        for partition in propose_all(system)[1]
    )


def _prices(system: CodeGraph, out: Path, python: Path, state: Path, say: Callable[[str], None]) -> Prices:
    """Return what calls and requests cost here: on the runtime of the workspace, else over a plain connection."""
    import tempfile

    from decompose import evidence
    from decompose.parity.calibrate import calibrate
    from decompose.parity.prices import prices_of

    frameworks = {unit.entry.framework for unit in system.units if unit.entry is not None}
    framework = "flask" if "flask" in frameworks and "fastapi" not in frameworks else "fastapi"
    try:
        with tempfile.TemporaryDirectory(prefix="decompose-prices-") as folder:
            return calibrate(out, python=python, folder=Path(folder), framework=framework, cache=state)
    except LaunchError as error:
        say(f"the runtime's own price cannot be had, a plain connection stands in: {str(error).splitlines()[0]}")
        return prices_of(evidence.calibrate(state))


def render_comparison(result: Comparison, format: str) -> str:
    """Return a comparison as `markdown`, `json` or `html`."""
    from decompose.parity import render_comparison as rendering
    from decompose.views.report import comparison_page

    renderers = {"markdown": rendering.comparison_to_markdown, "json": rendering.comparison_to_json}
    return (renderers | {"html": comparison_page})[format](result)


def _graph(system: CodeGraph | str | os.PathLike[str]) -> CodeGraph:
    """Return the graph itself, analysing when a path was given."""
    return analyze(system) if isinstance(system, str | os.PathLike) else system


def _state(state: Path | None) -> Path:
    """Return the folder for results, made with a `.gitignore` of its own."""
    folder = state if state is not None else Path(STATE_FOLDER)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        codec.write_atomic(ignore, b"*\n")
    return folder


def _relative(root: Path) -> str:
    """Return a root as the plan states it: relative to the current directory where it lies below."""
    try:
        return root.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(os.path.relpath(root.resolve())).as_posix()
