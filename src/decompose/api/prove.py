"""Prove: the same answers, and monolith beside services."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decompose.api.decide import blueprint, propose_all
from decompose.api.places import JOURNAL_FILE, find_trace, state_folder
from decompose.errors import LaunchError
from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan
    from decompose.ir.reports import Alternative, Comparison, Equivalence
    from decompose.parity.prices import Prices


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


def record_trace(words: Sequence[str], *, root: Path, output: Path) -> int:
    """Run a command under the tracer and return its exit code; the trace goes to `output`."""
    from decompose import evidence

    state_folder(None)
    return evidence.record_trace(words, root=root, output=output)


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
    from decompose.parity.footprint import footprints, service_requirements
    from decompose.parity.predict import Assumptions, Inputs
    from decompose.parity.verify import VerifyOptions
    from decompose.parity.workload import Workload, draft

    trace = find_trace(state)
    resolved = blueprint(plan, system, trace=trace)
    requirements = {service.name: service_requirements(service.requirements) for service in resolved.services}
    run = VerifyOptions(python=python) if python is not None else VerifyOptions()
    say("pricing a call and a request on this machine")
    inputs = Inputs(
        graph=system,
        blueprint=resolved,
        trace=trace,
        history=evidence.read_history(root),
        prices=_prices(system, Path(out), run.python, state_folder(state), say),
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
        journal=state_folder(state) / JOURNAL_FILE,
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
