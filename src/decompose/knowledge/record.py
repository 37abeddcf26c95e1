"""What the knowledge base says about one API of a library."""

from __future__ import annotations

from typing import Literal

from decompose.ir.graph import Record

AssetEffect = Literal["", "read", "write", "mode", "sql", "delete", "copy", "create"]
"""`mode`: the mode argument decides; `sql`: the statement decides; `copy`: reads the named argument, writes the next;
`create`: makes a place (a directory, a table) without putting data into it."""

RECEIVER = "self"
"""Stands for the receiver of a method: as `argument`, `mutates` or `returns`."""


class Api(Record):
    """One function, class or method of a library."""

    name: str
    """Qualified name as its documentation spells it (`pandas.DataFrame.to_csv`)."""
    library: str = ""
    """Name of the data file that says so."""
    role: str = ""
    """A role of `ir.graph.Role`, or `inference` where only the context tells batch from online; empty: says nothing."""
    weight: float = 1.0
    """How much a call says about the role of the caller, 0 (nothing) to 3 (settles it)."""
    effect: AssetEffect = ""
    """What the call does to a data asset."""
    asset: str = ""
    """Kind of the asset (`ir.graph.AssetKind`)."""
    format: str = ""
    """Format of the asset (`csv`, `parquet`, `pickle` …)."""
    argument: str = ""
    """Parameter that names the asset; `self` when the receiver does."""
    position: int = 0
    """Position of that parameter, 0-based, not counting the receiver; -1 when it is keyword-only."""
    other: str = ""
    """Of a transfer, the parameter that names the local file at its other end: a read writes it, a write reads it."""
    other_position: int = -1
    """Position of `other`, as `position`."""
    returns: str = ""
    """Dotted type of the result; `self` when the receiver comes back; empty when unknown."""
    resource: str = ""
    """A resource of `ir.graph.Resource` that the call needs."""
    mutates: str = ""
    """Parameter that the call changes in place; `self` for the receiver."""
    is_class: bool = False
    is_exact: bool = True
    """Whether the name itself is listed; else a package-wide default answered."""
