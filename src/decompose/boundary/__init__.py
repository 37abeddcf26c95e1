"""Partition to plan to blueprint: who owns what, what may cross a wire, and whether to split at all."""

from __future__ import annotations

from decompose.boundary.diff import PlanChange, diff_plans
from decompose.boundary.draft import draft
from decompose.boundary.extraction import extract, extraction_order
from decompose.boundary.ledger import BoundaryEntry, as_text, ledger
from decompose.boundary.members import check_members, check_rules
from decompose.boundary.planfile import parse_plan, render_plan
from decompose.boundary.proposal import proposal
from decompose.boundary.report import hazard_report
from decompose.boundary.resolve import resolve
from decompose.ir.membership import membership

__all__ = [
    "BoundaryEntry",
    "PlanChange",
    "as_text",
    "check_members",
    "check_rules",
    "diff_plans",
    "draft",
    "extract",
    "extraction_order",
    "hazard_report",
    "ledger",
    "membership",
    "parse_plan",
    "proposal",
    "render_plan",
    "resolve",
]
