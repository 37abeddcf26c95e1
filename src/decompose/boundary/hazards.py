"""The 27 ways in which a call changes its meaning when it becomes remote (`docs/hazards.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir.blueprint import Hazard, Verdict
from decompose.ir.graph import Argument, Site

_ORDER: tuple[Verdict, ...] = ("safe", "safe-with-adapter", "needs-change", "forbidden")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the hazard table."""

    number: int
    name: str
    verdict: Verdict
    """What an edge with this hazard is at best, unless the detector knows it to be worse."""
    strategy: str
    """What the generated code does about it."""


ROWS: Mapping[int, Row] = {
    row.number: row
    for row in (
        Row(
            1,
            "argument changed by the callee",
            "safe-with-adapter",
            "copy-in/copy-out: the reply carries the changed value "
            "and the facade writes it back into the caller's object",
        ),
        Row(
            2,
            "reference kept by the callee",
            "needs-change",
            "the callee keeps a snapshot; pass the change explicitly, or put both into one service",
        ),
        Row(
            3,
            "identity or aliasing",
            "safe-with-adapter",
            "arguments that are one object stay one (reference table in the "
            "message); a parameter that comes back is the caller's own object",
        ),
        Row(
            4,
            "generator or iterator result",
            "safe-with-adapter",
            "streamed: the facade is a generator, closing it cancels the callee",
        ),
        Row(
            5,
            "iterator argument",
            "safe-with-adapter",
            "drawn up to a configured bound and sent as a list; the caller's iterator is exhausted as before",
        ),
        Row(
            6,
            "callback argument",
            "safe-with-adapter",
            "a module-level function crosses by its name, from an allow-list",
        ),
        Row(
            7,
            "live handle",
            "needs-change",
            "open it where it is used: a factory in the callee, from configuration and the asset's name",
        ),
        Row(
            8,
            "shared state written across the cut",
            "needs-change",
            "put the writers into one service, or pass the value",
        ),
        Row(
            9,
            "global of the other side read",
            "safe-with-adapter",
            "constants are copied to the shared package; data is asked of its owner",
        ),
        Row(
            10,
            "exception types",
            "safe-with-adapter",
            "the same class is raised again from an allow-list, with the remote traceback as its cause",
        ),
        Row(
            11,
            "context manager",
            "safe-with-adapter",
            "server-side lease: entering opens it, leaving or its time limit closes it",
        ),
        Row(
            12,
            "stateful instance",
            "safe-with-adapter",
            "the instance stays with its owner and is reached by handle with a lease; fitted models cross as artifacts",
        ),
        Row(
            13, "own class by value", "safe-with-adapter", "the definition is shared and instances cross by their state"
        ),
        Row(
            14,
            "variable arguments",
            "safe-with-adapter",
            "the request carries the extra arguments as an open list and mapping",
        ),
        Row(
            15,
            "default computed or mutable",
            "safe-with-adapter",
            "an argument that is left out stays out of the request: the callee evaluates its own default",
        ),
        Row(
            16,
            "async and sync mixed",
            "safe-with-adapter",
            "the facade keeps the callee's colour; sync callees run in a bounded thread pool",
        ),
        Row(
            17,
            "large or chatty",
            "safe-with-adapter",
            "arrays and frames cross as Arrow or npy bytes; calls in a loop are priced",
        ),
        Row(
            18,
            "random state",
            "needs-change",
            "each service has its own stream: pass a seed, or a generator, explicitly",
        ),
        Row(
            19,
            "value that a codec changes",
            "safe-with-adapter",
            "moved to host memory and made dense and contiguous on encode; dtype, index and categories are kept",
        ),
        Row(
            20, "unpickling", "safe-with-adapter", "only artifacts with a pinned digest are unpickled, never a request"
        ),
        Row(
            21,
            "recursion across the cut",
            "needs-change",
            "put the cycle into one service; a depth limit guards it until then",
        ),
        Row(
            22,
            "transaction",
            "needs-change",
            "keep the transaction in one service, or make its parts idempotent (outbox)",
        ),
        Row(
            23,
            "ambient context",
            "needs-change",
            "pass the value as an argument, or declare it in the service's settings",
        ),
        Row(
            24,
            "artifact by path",
            "safe-with-adapter",
            "the file becomes an asset of the artifact store that both sides reach",
        ),
        Row(
            25,
            "not idempotent",
            "safe-with-adapter",
            "never retried blindly: an idempotency key lets the service answer a repeat from its record",
        ),
        Row(
            26,
            "import-time effects",
            "safe-with-adapter",
            "the module's body runs once, where it lives; the others import a facade",
        ),
        Row(
            27,
            "value fidelity",
            "safe-with-adapter",
            "tagged envelope: tuples, sets, bytes, dates, decimals and enums come back as what they were",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard with how bad it is here."""

    hazard: Hazard
    verdict: Verdict
    subjects: tuple[str, ...] = ()
    """Parameters, states or classes concerned."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts, `safe` when there are none."""
    return max(verdicts, key=_ORDER.index, default="safe")


def found(
    number: int,
    sites: Iterable[Site],
    why: str,
    *,
    verdict: Verdict | None = None,
    strategy: str = "",
    subject: str = "",
) -> Found:
    """Return one hazard with its row's name, and its row's verdict and strategy unless others are given."""
    row = ROWS[number]
    hazard = Hazard(
        number=number, name=row.name, sites=tuple(sorted(set(sites))), strategy=strategy or row.strategy, why=why
    )
    return Found(hazard=hazard, verdict=verdict or row.verdict, subjects=(subject,) if subject else ())


def merge(first: Found, second: Found) -> Found:
    """Return two findings of one hazard as one: all places and reasons, the worse verdict with its strategy."""
    verdict = worst((first.verdict, second.verdict))
    leading = first if verdict == first.verdict else second
    reasons = dict.fromkeys((first.hazard.why, second.hazard.why))
    hazard = Hazard(
        number=leading.hazard.number,
        name=leading.hazard.name,
        sites=tuple(sorted({*first.hazard.sites, *second.hazard.sites})),
        strategy=leading.hazard.strategy,
        why="; ".join(reasons),
    )
    return Found(hazard=hazard, verdict=verdict, subjects=tuple(dict.fromkeys((*first.subjects, *second.subjects))))


def starts(argument: Argument, *prefixes: str) -> str:
    """Return the first trait of an argument that begins in one of some ways; empty when none does."""
    return next((trait for trait in argument.traits if trait.startswith(prefixes)), "")
