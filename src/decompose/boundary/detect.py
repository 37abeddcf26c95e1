"""Asks every detector about one crossing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from decompose.boundary.hazards import Crossing, Found, merge

Detector = Callable[[Crossing], Iterable[Found]]
DETECTORS: tuple[Detector, ...] = ()


def hazards_of(crossing: Crossing) -> tuple[Found, ...]:
    """Return the hazards that can bite at one crossing, by number, each once."""
    found: dict[int, Found] = {}
    for detector in DETECTORS:
        for hazard in detector(crossing):
            known = found.get(hazard.hazard.number)
            found[hazard.hazard.number] = hazard if known is None else merge(known, hazard)
    return tuple(found[number] for number in sorted(found))
