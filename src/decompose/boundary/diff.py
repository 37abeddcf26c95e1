"""What two plans differ in, in words and in few lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.ir.graph import CodeGraph, Record
from decompose.ir.membership import membership
from decompose.ir.plan import Plan, ServicePlan


class PlanChange(Record):
    """One difference between two plans."""

    kind: str
    """`added`, `removed`, `changed` (a service) or `moved` (units)."""
    subject: str
    """Name of the service, or the symbol or pattern that moved."""
    text: str
    """What changed, as a sentence."""


def diff_plans(before: Plan, after: Plan, graph: CodeGraph | None = None) -> tuple[PlanChange, ...]:
    """Return what changed from one plan to another: services first, then members, sorted.

    Args:
        before: The older plan.
        after: The newer one.
        graph: With it, members are compared unit by unit; without it, entry by entry.
    """
    old, new = ({service.name: service for service in plan.services} for plan in (before, after))
    changes = [
        PlanChange(kind="added", subject=n, text=f"`{n}` is new ({new[n].kind})")
        for n in sorted(new.keys() - old.keys())
    ]
    changes += [PlanChange(kind="removed", subject=n, text=f"`{n}` is gone") for n in sorted(old.keys() - new.keys())]
    for name in sorted(old.keys() & new.keys()):
        changes += [
            PlanChange(kind="changed", subject=name, text=text) for text in _service_changes(old[name], new[name])
        ]
    if before.verdict.decision != after.verdict.decision:
        text = f"the verdict was `{before.verdict.decision}` and is `{after.verdict.decision}`"
        changes.append(PlanChange(kind="changed", subject="verdict", text=text))
    first, second = (membership(p, graph) if graph is not None else _entries(p) for p in (before, after))
    return (*changes, *_moves(first, second))


def _service_changes(old: ServicePlan, new: ServicePlan) -> Iterable[str]:
    """Yield what changed in a service besides its members and reasons."""
    for field in ("kind", "resources", "exposes", "owns", "locked"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield f"`{old.name}`: {field} was {_plain(before)}, is {_plain(after)}"


def _plain(value: object) -> str:
    """Return a field's value as a person reads it."""
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "empty"
    return f"`{value}`"


def _entries(plan: Plan) -> dict[str, str]:
    """Return the service of every entry of a plan, as written."""
    found = {pattern: service.name for service in plan.services for pattern in service.members}
    for name in ("shared", "offline", "dead"):
        found |= dict.fromkeys(getattr(plan, name), name)
    return found


def _moves(before: Mapping[str, str], after: Mapping[str, str]) -> list[PlanChange]:
    """Return what stands elsewhere, is new or has gone."""
    changes: list[PlanChange] = []
    for subject in sorted(before.keys() | after.keys()):
        old, new = before.get(subject, ""), after.get(subject, "")
        if old == new:
            continue
        text = f"`{subject}`: `{old}` -> `{new}`" if old and new else f"`{subject}` " + (
            f"is new in `{new}`" if new else f"has gone from `{old}`"
        )  # fmt: skip
        changes.append(PlanChange(kind="moved", subject=subject, text=text))
    return changes
