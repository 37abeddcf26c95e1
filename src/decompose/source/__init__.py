"""Stage `source`: a folder becomes facts, one record a file, cached and independent of each other."""

from __future__ import annotations

from decompose.source.lines import read_lines
from decompose.source.results import fingerprint, keep, recall
from decompose.source.scan import scan

__all__ = ["fingerprint", "keep", "read_lines", "recall", "scan"]
