"""Keep: where the code breaks the promises of a plan, and a generation those of the one before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decompose.ir.contracts import Offer
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan
    from decompose.ir.violations import Violations


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
