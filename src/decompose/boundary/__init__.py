"""Partition -> plan, and plan -> blueprint: what the boundaries are, and what each of them breaks."""

from __future__ import annotations

from decompose.boundary.resolve import resolve

__all__ = ["resolve"]
