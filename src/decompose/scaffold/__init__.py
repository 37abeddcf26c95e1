"""The generator: blueprint and sources to services that run."""

from __future__ import annotations

from decompose.scaffold.emit import emit
from decompose.scaffold.secrets import refuse_secrets
from decompose.scaffold.targets import BUILT_IN, Target
from decompose.scaffold.write import WriteReport, write

__all__ = ["BUILT_IN", "Target", "WriteReport", "emit", "refuse_secrets", "write"]
