"""Who uses whom: the graph's edges between module-level units, with how often and how certainly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log2

from decompose.cluster.profile import System
from decompose.ir.evidence import Trace
from decompose.ir.graph import Edge
from decompose.ir.symbols import MODULE_BODY, is_asset, is_state, join, module_of, qualname_of

USES = ("call", "inherit", "type", "state", "import")
"""Kinds of relation by which one unit needs another."""
UNTELLING = ("env", "config", "cache")
"""Kinds of assets that many parts read without sharing anything."""
MIN_NAME = 3
"""Known letters of a file name from which it tells one asset from another."""
LOOP_CALLS = 10.0
"""Calls that one loop around a call site stands for, where no trace says better."""


@dataclass(frozen=True, slots=True)
class Relation:
    """All edges of one kind from one unit to another."""

    source: str
    target: str
    kind: str
    """`call`, `inherit`, `type`, `value`, `state` or `import`."""
    calls: float
    """Calls per run or request, estimated from loops or taken from a trace; 1 for other kinds."""
    is_certain: bool
    sites: int
    evidence: str
    """`path:line` of the first site."""


@dataclass(frozen=True)
class Relations:
    """Relations between units, and who touches which asset and state."""

    pairs: tuple[Relation, ...]
    """Sorted by source, target, kind."""
    assets: Mapping[str, tuple[tuple[str, str], ...]]
    """Asset to (unit, `read` or `write`), sorted."""
    states: Mapping[str, tuple[tuple[str, str], ...]]
    """Mutable state to (unit, `state_read` or `state_write`), sorted; the body that defines it counts as a writer."""

    @cached_property
    def users(self) -> Mapping[str, frozenset[str]]:
        """Return the units that need each unit, by any kind of relation but the flow of values."""
        found: dict[str, set[str]] = {}
        for relation in self.pairs:
            if relation.kind in USES:
                found.setdefault(relation.target, set()).add(relation.source)
        return {unit: frozenset(users) for unit, users in found.items()}

    @cached_property
    def leaving(self) -> frozenset[str]:
        """Return the units that leave something behind: they write an asset, themselves or by what they call."""
        callers: dict[str, list[str]] = {}
        for relation in self.pairs:
            if relation.kind == "call":
                callers.setdefault(relation.target, []).append(relation.source)
        reached = {unit for touches in self.assets.values() for unit, way in touches if way == "write"}
        work = sorted(reached)
        while work:
            found = set(callers.get(work.pop(), ())) - reached
            reached |= found
            work += sorted(found)
        return frozenset(reached)


def relate(system: System, trace: Trace | None = None) -> Relations:
    """Return the relations of a system, with call counts of a trace where it saw the call."""
    traced = _traced_calls(system, trace)
    pairs: dict[tuple[str, str, str], Relation] = {}
    touches: dict[str, set[tuple[str, str]]] = {}
    for edge in system.graph.edges:
        source = system.index.owner(edge.source)
        if not source:
            continue
        if is_asset(edge.target) or is_state(edge.target):
            touches.setdefault(edge.target, set()).add((source, edge.kind))
            continue
        target = _target(system, edge)
        if target and target != source:
            _add(pairs, _relation(edge, source, target))
    for state in system.graph.states:
        body = join(module_of(state.symbol.removeprefix("state:")), MODULE_BODY)
        if state.symbol in touches and body in system.profiles:
            touches[state.symbol].add((body, "state_write"))
    _add_state_uses(pairs, touches)
    for (source, target), calls in traced.items():
        known = pairs.get((source, target, "call"))
        seen = known or Relation(source, target, "call", calls, True, 0, "traced")
        pairs[source, target, "call"] = Relation(source, target, "call", calls, True, seen.sites, seen.evidence)
    # every process has a random generator of its own and can seed it: nothing is shared
    mutable = {state.symbol for state in system.graph.states if state.is_mutated and state.kind != "rng"}
    return Relations(
        pairs=tuple(pairs[key] for key in sorted(pairs)),
        assets={name: tuple(sorted(found)) for name, found in sorted(touches.items()) if is_asset(name)},
        states={name: tuple(sorted(found)) for name, found in sorted(touches.items()) if name in mutable},
    )


def named_assets(relations: Relations) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return who touches each asset that has a name of its own, by that name; sorted.

    An asset whose file name is unknown or hidden (`{path}`, `{}/{}`, `.env`), and the environment, tell nothing about
    who belongs together. Two paths to one file name are taken for one asset: the folder is often a setting.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    for symbol, touches in relations.assets.items():
        prefix, _, name = symbol.partition(":")
        base = name.rstrip("/").rpartition("/")[2]
        literal = re.sub(r"\{[^}]*\}", "", base)
        if prefix in UNTELLING or base.startswith(".") or sum(map(str.isalnum, literal.partition(".")[0])) < MIN_NAME:
            continue
        found.setdefault(base if prefix == "asset" else symbol, set()).update(touches)
    return {name: tuple(sorted(touches)) for name, touches in sorted(found.items())}


def _target(system: System, edge: Edge) -> str:
    """Return the unit that an edge leads to; an import leads to the body of the module."""
    if edge.kind == "import" and qualname_of(edge.target) not in ("", MODULE_BODY):
        return system.index.owner(edge.target) and system.index.owner(module_of(edge.target))
    return system.index.owner(edge.target)


def _relation(edge: Edge, source: str, target: str) -> Relation:
    """Return the relation that one edge gives rise to."""
    kind = {"state_read": "state", "state_write": "state", "read": "type", "write": "type"}.get(edge.kind, edge.kind)
    calls = sum(LOOP_CALLS ** min(site.loops, 2) for site in edge.sites) if kind == "call" else 1.0
    where = f"{edge.sites[0].path}:{edge.sites[0].line}" if edge.sites else ""
    return Relation(source, target, kind, max(calls, 1.0), edge.confidence == "certain", len(edge.sites), where)


def _add(pairs: dict[tuple[str, str, str], Relation], new: Relation) -> None:
    """Add a relation to what is known of its pair."""
    key = (new.source, new.target, new.kind)
    old = pairs.get(key)
    if old is None:
        pairs[key] = new
        return
    first = min(filter(None, (old.evidence, new.evidence)), default="")
    pairs[key] = Relation(
        new.source, new.target, new.kind, old.calls + new.calls, old.is_certain or new.is_certain,
        old.sites + new.sites, first,
    )  # fmt: skip


def _add_state_uses(
    pairs: dict[tuple[str, str, str], Relation], touches: Mapping[str, Iterable[tuple[str, str]]]
) -> None:
    """Add that whoever touches a state needs the module body that makes it."""
    for name in sorted(touches):
        if not is_state(name):
            continue
        body = join(module_of(name.removeprefix("state:")), MODULE_BODY)
        if (body, "state_write") not in touches[name]:
            continue
        for unit, _ in sorted(touches[name]):
            if unit != body:
                _add(pairs, Relation(unit, body, "state", 1.0, True, 1, ""))


def _traced_calls(system: System, trace: Trace | None) -> dict[tuple[str, str], float]:
    """Return the calls that a trace counted between two module-level units."""
    calls: dict[tuple[str, str], float] = {}
    for call in trace.calls if trace is not None else ():
        pair = (system.index.owner(call.caller), system.index.owner(call.callee))
        if all(pair) and pair[0] != pair[1]:
            calls[pair] = calls.get(pair, 0.0) + call.calls
    return calls


def call_weight(calls: float) -> float:
    """Return how strongly a number of calls binds: 1 for one call, one more for each tenfold."""
    return 1.0 + log2(max(calls, 1.0)) / log2(10.0)
