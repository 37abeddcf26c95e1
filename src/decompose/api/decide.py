"""Decide: boundaries, the plan file, what a cut costs and breaks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from decompose.api.places import PLAN_FILE, find_trace, relative_to_here, root_by_digest, state_folder
from decompose.api.see import analyze
from decompose.errors import PlanError
from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.boundary import BoundaryEntry, PlanChange
    from decompose.ir.blueprint import Blueprint
    from decompose.ir.evidence import History, Trace
    from decompose.ir.extraction import ExtractionStep
    from decompose.ir.graph import CodeGraph
    from decompose.ir.partition import Partition, Partitioner
    from decompose.ir.plan import Plan


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
    partitioner: str = "",
) -> tuple[Plan, tuple[Partition, ...]]:
    """Return the plan and every partition that was weighed, the recommended one first.

    Args:
        system: A graph from `analyze`, or the path to analyse.
        previous: A plan whose locks are kept and from which as little as possible moves.
        trace: What a traced run showed.
        history: What the git history shows; read from the analysed tree when absent.
        partitioner: Name of an installed plug-in (`decompose.partitioners`) whose partition is recommended instead.

    Raises:
        ConfigError: If there is no such plug-in.
        PlanError: If what it returns is no partition of the system.
    """
    from decompose import boundary, cluster, evidence, plugins

    graph = _graph(system)
    root = root_by_digest.get(graph.digest)
    if history is None and root is not None:
        history = evidence.read_history(root)
    partitions = cluster.partitions(graph, trace=trace, history=history, previous=previous)
    if partitioner:
        divide = cast("Partitioner", plugins.load_plugin(plugins.PARTITIONERS, partitioner))
        given = cluster.accept(graph, divide(graph, seed=0), partitions[0], name=partitioner, previous=previous)
        partitions = (given, *partitions)
    plan = boundary.draft(graph, partitions, previous=previous, trace=trace, history=history)
    return plan.model_copy(update={"root": relative_to_here(root)} if root is not None else {}), partitions


def blueprint(plan: Plan, system: CodeGraph, *, trace: Trace | None = None) -> Blueprint:
    """Return the plan resolved against the graph: operations, contracts, cut edges with verdicts, hand-offs.

    Raises:
        PlanError: If the plan names a symbol that the graph does not have.
    """
    from decompose import boundary

    return boundary.resolve(plan, system, trace=trace)


def extraction_order(plan: Plan, system: CodeGraph) -> tuple[ExtractionStep, ...]:
    """Return the order in which to take the plan's services out of the monolith, with the reasons."""
    from decompose import boundary

    return boundary.extraction_order(blueprint(plan, system, trace=find_trace()))


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


def check_rules(plan: Plan, system: CodeGraph, *, path: Path) -> None:
    """Raise when a plan file keeps apart what the graph does not have, or what is locked together.

    Raises:
        PlanError: With file, line, and what was probably meant.
    """
    from decompose import boundary

    boundary.check_rules(plan, system, text=path.read_text("utf-8") if path.is_file() else "", path=str(path))


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

    root = root_by_digest.get(system.digest)
    known = history if history is not None else evidence.read_history(root) if root is not None else None
    hop = evidence.calibrate(state_folder(state))
    return boundary.ledger(plan, system, boundary.resolve(plan, system, trace=trace, hop=hop), history=known)


def _graph(system: CodeGraph | str | os.PathLike[str]) -> CodeGraph:
    """Return the graph itself, analysing when a path was given."""
    return analyze(system) if isinstance(system, str | os.PathLike) else system
