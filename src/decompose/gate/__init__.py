"""Stage `gate`: plan and graph -> violations, for CI."""

from __future__ import annotations

from decompose.gate.baseline import Baseline, read_baseline, render_baseline
from decompose.gate.check import below, check
from decompose.gate.compatibility import compare_offers
from decompose.gate.formats import FORMATS, render

__all__ = ["FORMATS", "Baseline", "below", "check", "compare_offers", "read_baseline", "render", "render_baseline"]
