"""How much each signal counts: what holds units together (the price of a cut), what drives them apart (its worth)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, in hundredths of one plain call; zero switches it off."""

    call: int = 100
    """Of one call per run, doubled for each tenfold; halved where the call is only possible."""
    inherit: int = 300
    """A base class across a cut needs its definition on both sides."""
    type: int = 60
    """A type named in a signature or built becomes a contract when it is cut."""
    value: int = 20
    """A result handed on would cross the wire."""
    imports: int = 100
    state: int = 250
    """Shared mutable state cannot be reached from another process."""
    asset: int = 40
    """A hand-off by file is the cheapest of cuts; it still binds a little."""
    writer: int = 120
    """Two writers of one asset need one owner."""
    file: int = 300
    """Units of one file were written to be read together."""
    folder: int = 30
    """Soft: a folder is a hint, never a rule."""
    entry: int = 60
    """Code that one entry point alone reaches runs, and is deployed, with it."""
    sibling: int = 100
    """Steps of one stage that one conductor starts in a row."""
    scheduler: int = 150
    """What starts the stages runs in one place, whatever it starts."""
    process: int = 200
    """Modules whose routes one application mounts answer from one process."""
    library: int = 20
    """Code that needs the same rare dependency shares an image."""
    vocabulary: int = 60
    """Code that speaks of the same rare thing."""
    cochange: int = 100
    """Files that change in the same commits."""
    inertia: int = 250
    """What an earlier plan put together, a person has read; it moves for a good reason only."""
    stage: int = 500
    """Worth of standing apart for two units of conflicting stages."""
    density: int = 80
    """Worth of standing apart for any two units: the resolution."""
    premium: int = 120
    """Price of running one more service."""
    scaling: float = 1.5
    """How what drives units apart depends on the size of the system; 1 for not at all (`problem._scale`)."""
    hub: float = 1.0
    """Exponent by which the pull of a helper without a stage falls with the number of modules that use it."""

    def without(self, signal: str) -> Weights:
        """Return the same weights with one signal switched off."""
        changes: dict[str, Any] = {signal: 1.0 if signal == "scaling" else 0}
        return replace(self, **changes)
