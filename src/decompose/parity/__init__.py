"""Monolith beside services: does it give the same answers, and what does the split cost and bring."""

from __future__ import annotations

from decompose.parity.launch import Running, ServiceProcess, Workspace, launch, read_workspace
from decompose.parity.probe.compare import first_difference
from decompose.parity.probe.places import EXACT, Difference, Tolerance
from decompose.parity.render import to_json, to_junit, to_markdown
from decompose.parity.verify import VerifyOptions, verify

__all__ = [
    "EXACT",
    "Difference",
    "Running",
    "ServiceProcess",
    "Tolerance",
    "VerifyOptions",
    "Workspace",
    "first_difference",
    "launch",
    "read_workspace",
    "to_json",
    "to_junit",
    "to_markdown",
    "verify",
]
