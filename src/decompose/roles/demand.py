"""Resources that a unit needs: GPU, memory, input and output, processor; waited for by a request, or run as a batch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from decompose.ir.graph import Edge, Resource, ResourceTag, RoleTag, Unit
from decompose.knowledge import Knowledge
from decompose.roles.evidence import place

MAX_LINES = 3
_TORCH = ("torch.", "torchvision.", "torchaudio.")
_PLACING = re.compile(
    r"external:(torch\.cuda\.|torch\.device$|torch\.get_default_device$|torch.*\.(to|cuda)$|accelerate\.|lightning\.|pytorch_lightning\.|deepspeed\.)"
)
"""Calls that choose a device: torch stays on the processor unless told otherwise, and these tell it (or may)."""
_BATCH_ROLES = ("ingest", "training", "tuning", "batch_inference", "features", "evaluation")
_BATCH_SHARE = 0.4


def places_work(edges: Iterable[Edge]) -> bool:
    """Return whether anything in a system chooses the device that torch works on."""
    return any(edge.kind == "call" and _PLACING.match(edge.target) for edge in edges)


def demands(
    unit: Unit, edges: Iterable[Edge], roles: tuple[RoleTag, ...], knowledge: Knowledge, *, on_device: bool = True
) -> tuple[ResourceTag, ...]:
    """Return the resource traits of a unit, sorted by name, each with up to `MAX_LINES` lines of evidence.

    Args:
        unit: The unit.
        edges: Edges that leave it.
        roles: Its roles, the strongest first.
        knowledge: The knowledge base.
        on_device: Whether the system chooses a device for torch anywhere; else torch computes on the processor.
    """
    lines: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "call" and edge.target.startswith("external:"):
            api = knowledge.find(edge.target[9:])
            if api is not None and api.resource:
                where = f"{edge.sites[0].path}:{edge.sites[0].line}" if edge.sites else place(unit.span)
                resource = (
                    "cpu" if api.resource == "gpu" and not on_device and api.name.startswith(_TORCH) else api.resource
                )
                lines.setdefault(resource, []).append(f"{where} calls `{api.name}`")
    if unit.entry is not None and unit.entry.kind in ("route", "page"):
        lines.setdefault("latency", []).append(f"{place(unit.span)} answers `{unit.entry.detail or unit.entry.kind}`")
    elif roles and roles[0].role in _BATCH_ROLES and roles[0].confidence >= _BATCH_SHARE:
        lines.setdefault("batch", []).append(f"{place(unit.span)} does {roles[0].role}")
    return tuple(
        ResourceTag(resource=cast("Resource", name), evidence=tuple(found[:MAX_LINES]))
        for name, found in sorted(lines.items())
    )
