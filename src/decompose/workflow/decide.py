"""`propose`, `review`, `hazards`, `plan diff`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decompose import api
from decompose.errors import PlanError
from decompose.workflow.inputs import find_root, open_job
from decompose.workflow.outcome import Outcome, Say

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph
    from decompose.ir.partition import Partition
    from decompose.ir.plan import Plan


def report_proposal(
    path: Path | None,
    *,
    plan_file: Path,
    partitioner: str = "",
    cache: bool = True,
    progress: api.Progress | None = None,
) -> Outcome:
    """Propose boundaries and write the plan file; an existing one's locks, names, notes and comments are kept."""
    root = find_root(path, plan_file)
    system = api.analyze(root, cache=cache, progress=progress)
    previous = _previous(plan_file, root)
    if previous is not None:
        api.check_rules(previous, system, path=plan_file)
    plan, partitions = api.propose_all(system, previous=previous, trace=api.find_trace(), partitioner=partitioner)
    api.write_plan(plan, plan_file)
    return Outcome(summary=api.summary(system, plan), figures=_figures(plan, system, partitions), written=(plan_file,))


def _previous(plan_file: Path, root: Path) -> Plan | None:
    """Return the plan to start from; one of another system is never overwritten.

    Raises:
        PlanError: If the plan file is of another system.
    """
    if not plan_file.is_file():
        return None
    previous = api.read_plan(plan_file)
    if (plan_file.parent / previous.root).resolve() != root.resolve():
        raise PlanError(
            f"{plan_file}: is the plan of `{previous.root}`, not of `{root}`",
            hint="name another file with `--plan`, or work in another folder",
        )
    return previous


def _figures(plan: Plan, system: CodeGraph, partitions: tuple[Partition, ...]) -> dict[str, Any]:
    """Return what `propose --json` prints."""
    stored = plan.model_dump(mode="json")
    alternatives = [
        {"name": p.name, "services": len(p.clusters), "objective": p.objective, "metrics": p.metrics}
        for p in partitions
    ]
    boundaries = api.boundaries(plan, system, trace=api.find_trace())
    return {
        **api.proposal(plan, system),
        "boundaries": [asdict(entry) for entry in boundaries],
        "verdict": stored["verdict"],
        "services": stored["services"],
        "alternatives": alternatives,
    }


@dataclass
class ReviewSession:
    """A system under review: page, plan text, and what the server may do with them."""

    root: Path
    plan_file: Path
    system: CodeGraph
    plan: Plan = field(repr=False)

    def page(self, *, against: Path | None = None) -> str:
        """Return the page as one file that works offline, beside another plan when its file is named."""
        other = api.read_plan(against) if against is not None else None
        return api.page(self.system, plan=self.plan, root=self.root, against=other)

    def serve(self, *, port: int, open_browser: bool, say: Say) -> None:
        """Serve the page on loopback until interrupted; saving writes the plan file."""
        api.serve_review(
            self.system, root=self.root, plan_file=self.plan_file, port=port, browser=open_browser, say=say
        )


def open_review(path: Path | None, *, plan_file: Path, progress: api.Progress | None = None) -> ReviewSession:
    """Return a review of the system with its plan; without a plan file one is proposed and written first."""
    job = open_job(path, plan_file, progress=progress)
    if job.is_new:
        api.write_plan(job.plan, plan_file)
    return ReviewSession(root=job.root, plan_file=plan_file, system=job.system, plan=job.plan)


def report_hazards(path: Path, *, cut: Path, progress: api.Progress | None = None) -> Outcome:
    """Say what each cut edge would break as a remote call."""
    wanted = _read_cut(cut)
    system = api.analyze(path, progress=progress)
    figures = api.hazards(system, wanted)
    lines = [
        f"{edge['verdict']:<18} {edge['caller']} -> {edge['callee']}\n"
        f"{'':<18} hazards {', '.join(map(str, edge['hazards'])) or 'none'}: {edge['why']}"
        for edge in figures["edges"]
    ]
    return Outcome(summary="\n".join(lines) or "nothing is cut", figures=figures)


def _read_cut(cut: Path) -> Mapping[str, Any] | Plan:
    """Return a cut: JSON with service names and modules, or a plan file.

    Raises:
        PlanError: If it is neither.
    """
    if not cut.is_file():
        raise PlanError(f"{cut}: no such file", hint="`decompose propose` writes a plan; or give JSON with `--cut`")
    if cut.suffix != ".json":
        return api.read_plan(cut)
    try:
        wanted = json.loads(cut.read_text("utf-8"))
    except ValueError as error:
        raise PlanError(f"{cut}: is not JSON: {error}", hint='{"a": ["pkg.x"], "b": ["pkg.y"]}') from error
    if not isinstance(wanted, dict):
        raise PlanError(f"{cut}: must be a mapping of service names to lists of modules")
    return wanted


def report_plan_difference(first: Path, second: Path, *, root: Path | None) -> Outcome:
    """Say what differs between two plan files; the answer is no when something does."""
    before, after = api.read_plan(first), api.read_plan(second)
    system = api.analyze(root) if root is not None else None
    changes = api.plan_changes(before, after, system)
    return Outcome(
        summary="\n".join(change.text for change in changes) or "no difference",
        figures={"changes": changes},
        is_yes=not changes,
    )
