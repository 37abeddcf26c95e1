"""What the services of one generation offer each other, as `contracts.json` keeps it for the next one to be held to."""

from __future__ import annotations

from decompose.ir.findings import Span
from decompose.ir.graph import Record

CONTRACTS_FILE = "contracts.json"
"""Name of the file in a generated workspace."""


class OfferedParameter(Record):
    """One parameter of an operation."""

    name: str
    kind: str = "positional"
    """As `ir.graph.Parameter`."""
    type: str = ""
    """Annotation as written; empty when anything may come."""
    is_required: bool = False


class OfferedOperation(Record):
    """One function or method that others may call."""

    symbol: str
    service: str
    span: Span
    parameters: tuple[OfferedParameter, ...] = ()
    result: str = ""
    """Annotation as written; empty when anything may come back."""
    raises: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    """Services that call it, sorted; empty when only tests and programs do."""


class Offer(Record):
    """Everything that a generation offers."""

    system: str
    operations: tuple[OfferedOperation, ...]
    """Sorted by symbol."""
    schema_version: int = 1
