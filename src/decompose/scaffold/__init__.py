"""The generator: blueprint and sources to services that run."""

from decompose.scaffold.emit import emit
from decompose.scaffold.write import WriteReport, write

__all__ = ["WriteReport", "emit", "write"]
