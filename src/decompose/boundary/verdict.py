"""Whether to split at all: the worth of each boundary against its price, and the three numbers that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decompose.boundary.crossings import Crossing
from decompose.boundary.kinds import Portrait
from decompose.ir.plan import Verdict
from decompose.knowledge.distributions import is_standard

SMALL_SYSTEM = 60
"""Statements below which one process is cheaper to understand and run than any two, whatever they do."""
LARGE_PART = 150
"""Statements from which a part is worth a team's own release."""
SMALL_PART = 10
"""Statements below which a part carries no release of its own."""
CHATTY_CALLS = 100.0
"""Calls per run or request from which the wire dominates: two loops around a call site."""
CHATTY_MS = 500.0
"""Milliseconds on the wire per run or request from which the wire dominates."""
DEPENDENCY_OVERLAP = 0.34
"""Share of common third-party libraries (Jaccard) below which two parts need different images."""
MANY_LIBRARIES = 3
"""Third-party libraries of two parts together from which their overlap says anything."""
LIFE_CYCLE = ("training", "tuning", "evaluation", "registry", "batch_inference", "online_inference")
"""Roles of which a system that learns or predicts has some."""
LIFE_CYCLE_SHARE = 0.1
"""Share of those roles in what all parts are for, from which a system has a life cycle to part along."""
RANDOM = ":<rng>"
"""End of the name of a random generator's state: every process has its own and can be seeded; it forbids no cut."""

ONLINE = ("service", "gateway")
OPERATED = frozenset(("flow", "job", "task"))
"""Entry points that a framework starts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one boundary is worth, and what stands against it."""

    first: str
    second: str
    worth: tuple[str, ...]
    """Reasons to part, as clauses; empty when there is none."""
    against: tuple[str, ...]
    """Reasons not to, as clauses."""

    @property
    def pays(self) -> bool:
        """Whether the boundary is worth its price."""
        return bool(self.worth) and not self.against


def judge(
    portraits: Mapping[str, Portrait], kinds: Mapping[str, str], crossings: Mapping[tuple[str, str], Crossing]
) -> tuple[Judgement, ...]:
    """Return the judgement of the boundary between every two parts, sorted by their names.

    Args:
        portraits: What each part consists of.
        kinds: `service`, `job` or `gateway`, by part.
        crossings: What crosses between two parts, by sorted pair.
    """
    names, learns = sorted(portraits), _learns(portraits)
    is_operated = _is_operated(portraits, kinds)
    found: list[Judgement] = []
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            crossing = crossings.get((a, b))
            is_handed_over = is_operated or bool(crossing is not None and crossing.assets)
            worth = _worth(a, b, portraits, kinds, learns=learns) if is_handed_over else ()
            found.append(Judgement(a, b, worth, _against(crossing)))
    return tuple(found)


def decide(
    portraits: Mapping[str, Portrait],
    kinds: Mapping[str, str],
    crossings: Mapping[tuple[str, str], Crossing],
    *,
    statements: int,
) -> Verdict:
    """Return split, split partly or stay, with the three numbers that decide and what would change them.

    A part stands when the boundary to every neighbour (what it calls, hands over to or shares state with) pays. All
    parts stand: split. None: stay. Otherwise: split partly.

    Args:
        portraits: What each part consists of.
        kinds: `service`, `job` or `gateway`, by part.
        crossings: What crosses between two parts.
        statements: Size of all parts and the shared library, in statements.
    """
    judged = judge(portraits, kinds, crossings)
    standing = [name for name in sorted(portraits) if _stands(name, portraits, judged, crossings)]
    paying = sum(judgement.pays for judgement in judged)
    wire = sum(crossing.wire_ms for crossing in crossings.values())
    calls = sum(crossing.calls for crossing in crossings.values())
    because = (
        _size_sentence(statements, len(portraits), kinds),
        f"{paying} of {len(judged)} boundaries between two parts pay: {_first_reason(judged)}",
        f"{calls:.0f} calls a run would cross a wire and spend {wire:.0f} ms there{_blockers(crossings)}",
    )
    if len(portraits) < 2 or statements < SMALL_SYSTEM or not paying:
        return Verdict(decision="stay", because=because, would_change=_what_would_split(statements, portraits, kinds))
    if len(standing) == len(portraits):
        change = "calls in loops across a boundary, or state that two parts share, would speak against it"
        return Verdict(decision="split", because=because, would_change=change)
    held = [name for name in sorted(portraits) if name not in standing]
    return Verdict(decision="split partly", because=because, would_change=_what_would_free(held, judged, crossings))


def _is_operated(portraits: Mapping[str, Portrait], kinds: Mapping[str, str]) -> bool:
    """Return whether something runs without a person at the keyboard: it answers requests, or a framework starts it.

    Else the parts are programs that somebody runs by hand; two of them part for a reason only where one hands the other
    a file.
    """
    return any(kind in ONLINE for kind in kinds.values()) or any(
        OPERATED.intersection(portrait.entries) for portrait in portraits.values()
    )


def _learns(portraits: Mapping[str, Portrait]) -> bool:
    """Return whether the parts train, evaluate or predict to a degree that counts."""
    telling = [portrait.telling for portrait in portraits.values()]
    whole = sum(sum(roles.values()) for roles in telling)
    return sum(roles.get(role, 0.0) for roles in telling for role in LIFE_CYCLE) >= LIFE_CYCLE_SHARE * whole


def _worth(
    a: str, b: str, portraits: Mapping[str, Portrait], kinds: Mapping[str, str], *, learns: bool
) -> tuple[str, ...]:
    """Return the reasons to part two parts; size alone is one only along a life cycle (`learns`)."""
    first, second = portraits[a], portraits[b]
    if min(first.statements, second.statements) < SMALL_PART and (kinds[a] in ONLINE) == (kinds[b] in ONLINE):
        return ()
    found: list[str] = []
    by_itself = first.is_started and second.is_started
    if by_itself and (kinds[a] in ONLINE) != (kinds[b] in ONLINE):
        online, job = (a, b) if kinds[a] in ONLINE else (b, a)
        found.append(f"`{online}` answers requests all day, `{job}` runs and ends")
    if ("gpu" in first.traits) != ("gpu" in second.traits):
        found.append(f"only `{a if 'gpu' in first.traits else b}` needs a GPU")
    if learns and by_itself and min(first.statements, second.statements) >= LARGE_PART:
        found.append(
            f"both are large enough for a release of their own ({first.statements} and {second.statements} statements)"
        )
    overlap = _overlap(first.externals, second.externals)
    if by_itself and overlap < DEPENDENCY_OVERLAP and min(first.statements, second.statements) >= LARGE_PART // 4:
        found.append(f"they share {100 * overlap:.0f} % of their libraries")
    return tuple(found)


def _against(crossing: Crossing | None) -> tuple[str, ...]:
    """Return the reasons not to part two parts."""
    if crossing is None:
        return ()
    found: list[str] = []
    if crossing.calls >= CHATTY_CALLS or crossing.wire_ms >= CHATTY_MS:
        found.append(f"{crossing.calls:.0f} calls a run cross, {crossing.wire_ms:.0f} ms on the wire")
    states = sorted(state for state in crossing.states if not state.endswith(RANDOM))
    if states:
        found.append(f"both change or read {', '.join(f'`{state}`' for state in states[:3])}")
    return tuple(found)


def _stands(
    name: str,
    portraits: Mapping[str, Portrait],
    judged: Sequence[Judgement],
    crossings: Mapping[tuple[str, str], Crossing],
) -> bool:
    """Return whether every boundary of a part to a neighbour pays, and it pays to part it from something."""
    own = [judgement for judgement in judged if name in (judgement.first, judgement.second)]
    near = [judgement for judgement in own if (judgement.first, judgement.second) in crossings]
    return any(judgement.pays for judgement in own) and all(judgement.pays for judgement in near)


def _overlap(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the Jaccard index of the third-party libraries of two lists; 1 when there are too few to tell."""
    one, other = ({name for name in names if not is_standard(name)} for names in (first, second))
    return len(one & other) / len(one | other) if len(one | other) >= MANY_LIBRARIES else 1.0


def _size_sentence(statements: int, parts: int, kinds: Mapping[str, str]) -> str:
    """Return the sentence about size and ways of running."""
    online = sum(kind in ONLINE for kind in kinds.values())
    answering = f"{online} answer{'s' if online == 1 else ''} requests"
    running = f"{parts - online} run{'s' if parts - online == 1 else ''} as jobs"
    return f"{statements} statements fall into {parts} part{'s' if parts != 1 else ''}: {answering}, {running}"


def _first_reason(judged: Sequence[Judgement]) -> str:
    """Return the strongest reason of all boundaries, or that there is none."""
    reasons = [reason for judgement in judged if judgement.pays for reason in judgement.worth[:1]]
    if reasons:
        return reasons[0]
    obstacles = [reason for judgement in judged for reason in judgement.against]
    return obstacles[0] if obstacles else "all parts run alike, at the same time, with the same libraries"


def _blockers(crossings: Mapping[tuple[str, str], Crossing]) -> str:
    """Return what crosses beside calls: mutable state."""
    states = sorted({state for crossing in crossings.values() for state in crossing.states})
    return f"; {len(states)} mutable state{'s' if len(states) > 1 else ''} would be shared" if states else ""


def _what_would_split(statements: int, portraits: Mapping[str, Portrait], kinds: Mapping[str, str]) -> str:
    """Return what would have to be different for a split."""
    if len(portraits) > 1 and statements < SMALL_SYSTEM:
        return f"growth beyond {SMALL_SYSTEM} statements, or a second team"
    if not any(kind in ONLINE for kind in kinds.values()):
        return "a part that answers requests while another trains, or a part that needs other hardware or another team"
    return "a part that runs on its own schedule, needs other hardware, or belongs to another team"


def _what_would_free(
    held: Sequence[str], judged: Sequence[Judgement], crossings: Mapping[tuple[str, str], Crossing]
) -> str:
    """Return what keeps the parts that do not stand, and so what would free them."""
    for judgement in judged:
        pair = (judgement.first, judgement.second)
        if pair in crossings and not judgement.pays and set(pair) & set(held):
            why = judgement.against[0] if judgement.against else "they run alike, with the same libraries"
            return f"`{pair[0]}` and `{pair[1]}` are better kept in one deployment for now: {why}"
    return f"{', '.join(f'`{name}`' for name in held)} could stay together for now"
