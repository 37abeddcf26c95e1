"""Runs the analysis on the cases, once a process."""

from __future__ import annotations

from functools import cache

from decompose.graph import callgraph, link
from decompose.source import scan

from .corpus import Case, Outcome, compare, load_cases


def analyse(case: Case) -> Outcome:
    """Return how the call graph of `case` compares with its truth; a case that breaks the analysis finds nothing."""
    try:
        found = callgraph(link(scan(case.folder)))
    except Exception as error:  # noqa: BLE001  (one broken case is one failed case, whatever broke)
        return Outcome(case, frozenset(), case.truth, frozenset(), error=f"{type(error).__name__}: {error}")
    return compare(case, found)


@cache
def outcomes() -> dict[str, Outcome]:
    """Return the outcome of every case by name."""
    return {case.name: analyse(case) for case in load_cases()}
