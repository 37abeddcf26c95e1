"""Runs the analysis on the cases, once a process."""

from __future__ import annotations

from functools import cache

from decompose.errors import DecomposeError
from decompose.graph import callgraph, link
from decompose.source import scan

from .corpus import Case, Outcome, compare, load_cases


def analyse(case: Case) -> Outcome:
    """Return how the call graph of `case` compares with its truth; a case that cannot be read misses everything."""
    try:
        found = callgraph(link(scan(case.folder)))
    except DecomposeError as error:
        return Outcome(case, frozenset(), case.truth, frozenset(), error=str(error))
    return compare(case, found)


@cache
def outcomes() -> dict[str, Outcome]:
    """Return the outcome of every case by name."""
    return {case.name: analyse(case) for case in load_cases()}
