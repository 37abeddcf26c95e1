"""What one process needs of one module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from decompose.ir.graph import Module

Form = Literal["own", "copy", "split", "facade"]
"""Moved whole; library code that others have too; only what is needed; answered by another service."""


@dataclass(slots=True)
class Need:
    """What one process needs of one module."""

    module: Module
    kept: set[int] = field(default_factory=set)
    """Indexes of statements that are carried over."""
    names: set[str] = field(default_factory=set)
    """Names bound by kept imports that are used; others are pruned."""
    facades: set[str] = field(default_factory=set)
    """Functions and classes that another service answers."""
    remote_values: set[str] = field(default_factory=set)
    """Module-level values that another service answers."""
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Names that the original imported from other modules of the tree: `module:name` by name."""
    first: dict[int, list[str]] = field(default_factory=dict)
    """Modules that must run before those that a circle of imports would otherwise begin with, by the index of the
    statement at which the original came to them."""
    import_names: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    """Those of the import names by which carried code imports it."""
    is_whole: bool = False
    """Whether the file is carried over byte for byte."""
    form: Form = "copy"
