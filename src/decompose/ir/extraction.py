"""Taking services out of a monolith one at a time: in which order, and what must not be done twice."""

from __future__ import annotations

import msgspec

from decompose.ir.graph import Record


class ExtractionStep(Record):
    """One service, in its turn."""

    service: str
    because: tuple[str, ...] = ()
    """Why it comes now, the most telling reason first."""
    needs: tuple[str, ...] = ()
    """Services whose code it calls and that are still inside the monolith at this turn: it carries a copy of that."""


class Extraction(Record):
    """What the generator has to know to extract services in place."""

    services: tuple[str, ...]
    unrepeatable: dict[str, str] = msgspec.field(default_factory=dict)
    """Why a call must not be made on both sides, by symbol of the function or method."""
