"""Stage `source`: a folder becomes facts, one record a file, cached and independent of each other."""

from decompose.source.scan import scan

__all__ = ["scan"]
