"""Stages of the ML life cycle, and how much two of them want to run apart."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.cluster.network import StageMass
from decompose.ir.graph import Unit

STAGES = ("data", "training", "evaluation", "registry", "batch", "online", "monitoring", "orchestration", "ui")
"""What a service is for. Roles that say how and not when (`config_util`) belong to no stage."""

STAGE_BY_ROLE = {
    "ingest": "data",
    "validation": "data",
    "features": "data",
    "training": "training",
    "tuning": "training",
    "evaluation": "evaluation",
    "registry": "registry",
    "batch_inference": "batch",
    "online_inference": "online",
    "postprocess": "online",
    "monitoring": "monitoring",
    "orchestration": "orchestration",
    "gateway_ui": "ui",
}

MASS_SCALE = 10
"""Masses are whole tenths of a unit of size; `network.FINE` has this squared in it."""
OWN_WORK = 0.25
"""Share of its size from which a stage is what a piece of code works at."""

_APART = {
    ("data", "training"): 550,
    ("data", "evaluation"): 600,
    ("data", "registry"): 700,
    ("data", "batch"): 700,
    ("data", "online"): 900,
    ("training", "evaluation"): 350,
    ("training", "registry"): 500,
    ("training", "batch"): 850,
    ("training", "online"): 1000,
    ("evaluation", "registry"): 500,
    ("evaluation", "batch"): 600,
    ("evaluation", "online"): 800,
    ("registry", "batch"): 700,
    ("registry", "online"): 700,
    ("batch", "online"): 800,
    ("monitoring", "batch"): 400,
    ("monitoring", "data"): 600,
    ("monitoring", "evaluation"): 400,
    ("ui", "online"): 800,
}
"""Per mille, for pairs that are not 900 (two different stages) or 0 (one stage).

What differs: when they run (per request, per batch, per training run), how long, on what hardware (accelerator, memory,
latency), and who changes them. Offline neighbours of one run (features and training, training and evaluation) differ
least, a trainer and a server differ in all four.
"""


def conflicts() -> tuple[tuple[int, ...], ...]:
    """Return the conflict between every two stages, per mille."""
    return tuple(tuple(_conflict(a, b) for b in STAGES) for a in STAGES)


def stage_mass(units: Iterable[Unit], size: int) -> StageMass:
    """Return how the size of a piece of code spreads over the stages, in tenths of a unit of size.

    Args:
        units: The module-level unit and what it holds; each counts by its statements.
        size: Size of the piece.
    """
    counted = [(unit, unit.statements + 1) for unit in units]
    carriers = [(unit, weight) for unit, weight in counted if unit.roles] or counted
    whole = sum(weight for _, weight in carriers) or 1
    share: dict[int, float] = {}
    for unit, weight in carriers:
        for tag in unit.roles:
            stage = STAGE_BY_ROLE.get(tag.role)
            if stage is not None:
                number = STAGES.index(stage)
                share[number] = share.get(number, 0.0) + tag.confidence * weight / whole
    return tuple((number, round(MASS_SCALE * size * part)) for number, part in sorted(share.items()) if part > 0.05)


def _conflict(first: str, second: str) -> int:
    """Return the conflict of two stages, per mille."""
    if first == second:
        return 0
    return _APART.get((first, second), _APART.get((second, first), 900))
