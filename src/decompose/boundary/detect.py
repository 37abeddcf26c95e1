"""Asks every detector about one crossing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from decompose.boundary import detect_ambient, detect_calls, detect_references, detect_values
from decompose.boundary.crossing import Crossing
from decompose.boundary.hazards import Found, merge

Detector = Callable[[Crossing], Iterable[Found]]
DETECTORS: tuple[Detector, ...] = (
    detect_references.argument_changed, detect_references.reference_kept, detect_references.identity,
    detect_calls.stream_result, detect_values.iterator_argument, detect_values.callback_argument,
    detect_values.live_handle, detect_ambient.shared_state, detect_calls.exceptions, detect_calls.context_manager,
    detect_values.stateful_instance, detect_values.class_by_value, detect_calls.variable_arguments,
    detect_calls.computed_default, detect_calls.async_and_sync, detect_values.large_value,
    detect_ambient.random_state, detect_values.changed_by_codec, detect_values.unpickling, detect_calls.recursion,
    detect_ambient.transaction, detect_ambient.ambient, detect_ambient.artifact_by_path,
    detect_ambient.import_effects, detect_values.fidelity,
)  # fmt: skip
ON_STATE: tuple[Detector, ...] = (detect_ambient.state_edge,)
"""Detectors for edges that lead to state instead of code."""
LATER: tuple[Callable[[Crossing, frozenset[int]], Iterable[Found]], ...] = (
    detect_ambient.foreign_global,
    detect_calls.not_idempotent,
)
"""Detectors that hold back where another row says it better."""


def hazards_of(crossing: Crossing) -> tuple[Found, ...]:
    """Return the hazards that can bite at one crossing, by number, each once."""
    found: dict[int, Found] = {}
    for detector in DETECTORS if crossing.kind == "call" else ON_STATE:
        for hazard in detector(crossing):
            _add(found, hazard)
    told = frozenset(found)
    for late in LATER if crossing.kind == "call" else ():
        for hazard in late(crossing, told):
            _add(found, hazard)
    return tuple(found[number] for number in sorted(found))


def _add(found: dict[int, Found], hazard: Found) -> None:
    """Add a hazard to what is known of its row."""
    known = found.get(hazard.hazard.number)
    found[hazard.hazard.number] = hazard if known is None else merge(known, hazard)
