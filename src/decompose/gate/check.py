"""The gate: every contract over one system, against what the baseline accepts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from decompose.gate.baseline import Baseline, apply
from decompose.gate.contracts import CHECKS, CODES, fingerprint, look, no_new_edges
from decompose.ir.graph import CodeGraph, Site
from decompose.ir.plan import Plan
from decompose.ir.violations import Violation, Violations

_RANK = {"error": 0, "warning": 1, "note": 2}


def check(
    plan: Plan,
    graph: CodeGraph,
    *,
    baseline: Baseline | None = None,
    today: date | None = None,
    baseline_path: str = "",
) -> Violations:
    """Return where the code breaks the plan's boundaries.

    Args:
        plan: The promises.
        graph: The system as it is now.
        baseline: What is accepted; without one every violation counts, and new edges cannot be told.
        today: Entries of the baseline that ended before this day count no more; none has ended by default.
        baseline_path: Name of the baseline file, for messages about it.
    """
    system = look(plan, graph)
    found = [violation for contract in CHECKS.values() for violation in contract(system)]
    checked = {name: len(system.crossings) for name in ("independent", "only_exposed", "acyclic")}
    checked |= {"no_shared_state": len(graph.states), "placed": len(system.index.units)}
    checked |= {"apart": len(plan.apart), "limits": len(plan.services) if plan.limits.max_size else 0}
    checked["one_writer"] = sum(len(service.owns) for service in plan.services)
    stale: list[str] = []
    if baseline is not None:
        found += no_new_edges(system, frozenset(baseline.crossings))
        checked["no_new_edges"] = len(system.crossings)
        found, stale = apply(found, baseline, today=today or date.min)
        found += _unmatched(baseline, stale, baseline_path)
    return Violations(
        system=plan.system,
        violations=tuple(sorted(found, key=_order)),
        checked=dict(sorted(checked.items())),
        crossings=tuple(sorted({crossing.fingerprint for crossing in system.crossings})),
        stale=tuple(stale),
    )


def below(result: Violations, root: str) -> Violations:
    """Return the same answer with every place of the analysed tree named from the folder that `root` lies in.

    Args:
        result: Violations with paths relative to the analysed tree.
        root: POSIX path of that tree, relative to where the reader stands; empty when it is the same folder.
    """
    if not root:
        return result
    placed = [
        msgspec.structs.replace(
            found, sites=tuple(msgspec.structs.replace(site, path=f"{root}/{site.path}") for site in found.sites)
        )
        if found.contract != "ignores"
        else found
        for found in result.violations
    ]
    return msgspec.structs.replace(result, violations=tuple(placed))


def _unmatched(baseline: Baseline, stale: Iterable[str], path: str) -> list[Violation]:
    """Return a violation for each reasoned exception that nothing matches: it would hide the next one."""
    gone = set(stale)
    return [
        Violation(
            contract="ignores", code=CODES["ignores"], level="error", source=entry.fingerprint, target="",
            message=f"the baseline excuses `{entry.fingerprint}` ({entry.reason}), and nothing matches it",
            hint="take the entry out", fingerprint=fingerprint("ignores", entry.fingerprint), sites=(Site(path, 1),),
        )
        for entry in baseline.accepted
        if entry.reason and entry.fingerprint in gone
    ]  # fmt: skip


def _order(violation: Violation) -> tuple[bool, int, str, str, int, str]:
    site = violation.sites[0] if violation.sites else Site("", 0)
    level = _RANK[violation.level]
    return (violation.is_accepted, level, violation.code, site.path, site.line, violation.fingerprint)
