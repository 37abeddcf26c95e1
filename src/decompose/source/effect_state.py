"""The state of a walk over one function: what its names hold, and what has happened to each object, in order."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from decompose.ir.effects import EffectFact
from decompose.source.effect_scope import FileScope

Tags = frozenset[str]
NOTHING: Tags = frozenset()
LITERAL: Tags = frozenset({"literal"})
CARRIED = ("callback:", "handle:", "rng", "iterator", "unpickled", "ml_model", "exotic:", "large:")
"""Traits that a container has from what lies in it."""
CONTAINED = (*CARRIED, "type:")
"""Traits that a literal container has from what is written in it."""
ORIGINS = ("parameter:", "attribute:", "global:", "imported:", "object:", "result:", "outer:")
INNER = "inner:"


def held(tags: Tags) -> set[str]:
    """Return what a container has from a value that is put into it; the result of a call lies inside it."""
    found = {tag for tag in tags if tag.startswith(CONTAINED)}
    return found | {f"{INNER}{tag}" for tag in tags if tag.startswith("result:")}


@dataclass(slots=True)
class Call:
    """A call under observation."""

    node: ast.Call
    name: str
    order: int
    arguments: list[tuple[str, Tags]]
    uses: set[str]
    loop: int
    """Order at which the outermost loop around it began; -1 outside loops."""


@dataclass(slots=True)
class State:
    """State of the walk over one function or module body."""

    file: FileScope
    qualname: str
    class_name: str = ""
    receiver: str = ""
    """Name of the first parameter of a method."""
    env: dict[str, Tags] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    """Last parts of the parameters' annotations, joined by spaces."""
    effects: dict[tuple[str, str, str], EffectFact] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    by_result: dict[str, Call] = field(default_factory=dict)
    reads: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, list[int]] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    returns: set[str] = field(default_factory=set)
    around: list[str] = field(default_factory=list)
    """What surrounds the current statement: `catches:X`, `ambient:X`, `transaction`, `loop`, `loop:data`, `retried`."""
    loops: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Order at which each loop began and ended."""
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    order: int = 0
    handled: tuple[str, ...] = ()
    """Exception types of the handler that is being walked."""
    is_module: bool = False
    is_awaited: bool = False
    outer_changes: set[str] = field(default_factory=set)
    captured: set[str] = field(default_factory=set)

    def effect(
        self, kind: str, subject: str, line: int, detail: str = "", *, is_certain: bool = True, column: int = -1
    ) -> None:
        """Note an effect once for each kind, subject and detail; the first place stands."""
        if kind in ("raises", "may_raise") and self.is_caught(subject):
            return
        key = (kind, subject, detail)
        known = self.effects.get(key)
        if known is None or (is_certain and not known.is_certain):
            self.effects[key] = EffectFact(kind, subject, line, detail, is_certain, column)

    def is_caught(self, exception: str) -> bool:
        """Return whether an exception that is raised here does not leave the function."""
        return any(
            mark in self.around for mark in (f"catches:{exception}", "catches:Exception", "catches:BaseException")
        )

    def read(self, tags: Tags) -> None:
        """Note that the objects are looked at."""
        self.order += 1
        for tag in tags:
            if tag.startswith(ORIGINS):
                self.reads.setdefault(tag, []).append(self.order)

    def change(self, tags: Tags, line: int, how: str, *, is_certain: bool = True, column: int = -1) -> None:
        """Note that the objects are changed in place."""
        self.order += 1
        for tag in tags:
            if not tag.startswith(ORIGINS):
                continue
            self.changes.setdefault(tag, []).append(self.order)
            prefix, _, name = tag.partition(":")
            if prefix == "parameter":
                self.effect("mutates_parameter", name, line, how, is_certain=is_certain, column=column)
            elif prefix == "attribute" and self.receiver:
                self.effect(
                    "mutates_parameter", self.receiver, line, f"{name} {how}", is_certain=is_certain, column=column
                )
                self.file.changed_attributes.add((self.class_name, name))
            elif prefix in ("global", "imported"):
                self.effect("global_store", name, line, how, is_certain=is_certain, column=column)
                self.file.changed_globals.add(name)
            elif prefix == "outer":
                self.outer_changes.add(tag)

    def new_object(self) -> str:
        """Return the tag of an object that comes into being here."""
        self.order += 1
        tag = f"object:{self.order}"
        self.created[tag] = self.order
        return tag

    def use(self, tag: str, use: str) -> None:
        """Note what becomes of the result of the call that a tag stands for."""
        call = self.by_result.get(tag)
        if call is not None:
            call.uses.add(use)

    def dotted(self, node: ast.expr) -> str:
        """Return the qualified name of a chain of names that begins with an import or builtin, else nothing."""
        parts: list[str] = []
        while type(node) is ast.Attribute:
            parts.append(node.attr)
            node = node.value
        if type(node) is not ast.Name or node.id in self.env:
            return ""
        root = self.imports.get(node.id) or self.file.imports.get(node.id)
        if root is None:
            if node.id in self.file.names or not hasattr(builtins, node.id):
                return ""
            root = f"builtins.{node.id}"
        return ".".join((root, *reversed(parts))) if parts else root

    def shallow(self, tags: Tags) -> Tags:
        """Return the value of a shallow copy: a new outside around the same inside."""
        kept = {t for t in tags if t.startswith(CARRIED)}
        kept |= {f"{INNER}{t}" for t in tags if t.startswith(ORIGINS) and "element" not in tags}
        return frozenset(kept) | {self.new_object()}

    def value(self, node: ast.expr | None) -> Tags:
        """Return the tags of an expression, noting everything that evaluating it does."""
        raise NotImplementedError
