"""Evidence beyond the source text: the git history, runs of the user's own program, the price of a hop."""

from __future__ import annotations

from decompose.evidence.calibrate import calibrate
from decompose.evidence.history import read_history
from decompose.evidence.observed import with_observed_types
from decompose.evidence.trace import aligned, read_trace, record_trace

__all__ = ["aligned", "calibrate", "read_history", "read_trace", "record_trace", "with_observed_types"]
