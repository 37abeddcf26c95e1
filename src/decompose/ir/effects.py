"""Raw side effects of one file's functions, as `source.effects` sees them and `graph.effects` closes them.

A value is described by tags. Where it comes from: `parameter:x`, `attribute:x` (of the instance), `global:x` (a
variable of this module), `imported:a.b` (an imported name, relative ones with their dots), `object:3` (made here),
`result:LINE:COLUMN:name` (of a call), `element` (only a part of that), `inner:TAG` (a shallow copy of it). What it
is: the traits of `ir.graph.Argument`.
"""

from __future__ import annotations

import msgspec


class EffectFact(msgspec.Struct, array_like=True, frozen=True, order=True):
    """One effect of one function, as `ir.graph.Effect`."""

    kind: str
    subject: str
    line: int
    detail: str = ""
    is_certain: bool = True
    column: int = -1
    """Of an effect assumed from a method's name: column of the call, so that a known own method can overrule it."""


class ArgumentFact(msgspec.Struct, array_like=True, frozen=True):
    """What one call hands over at one place."""

    key: str
    """Position (`0`), keyword, `self` (receiver), `*` or `**`."""
    tags: tuple[str, ...]


class CallFact(msgspec.Struct, array_like=True, frozen=True):
    """One call whose callee may be an own unit."""

    line: int
    column: int
    name: str
    """Last part of the callee as written."""
    positional: int
    """Number of positional arguments, spread ones not counted."""
    keywords: tuple[str, ...]
    arguments: tuple[ArgumentFact, ...]
    uses: tuple[str, ...]
    """Sorted: what surrounds the call and what becomes of its result, as `ir.graph.CallUse.traits`."""


class FunctionEffects(msgspec.Struct, array_like=True, frozen=True):
    """What one function (or module body) does."""

    effects: tuple[EffectFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    returns: tuple[str, ...] = ()
    """Tags of everything that it returns, sorted."""
