"""What the judgement of a call needs of the walk that meets it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from decompose.source.effect_scope import FileScope

Tags = frozenset[str]
Arguments = list[tuple[str, Tags]]
NOTHING: Tags = frozenset()


class Observer(Protocol):
    """The part of a walk that a call's effects are noted in."""

    file: FileScope
    around: list[str]
    receiver: str
    is_module: bool

    def effect(
        self, kind: str, subject: str, line: int, detail: str = "", *, is_certain: bool = True, column: int = -1
    ) -> None:
        """Note an effect."""

    def change(self, tags: Tags, line: int, how: str, *, is_certain: bool = True, column: int = -1) -> None:
        """Note that objects are changed in place."""

    def use(self, tag: str, use: str) -> None:
        """Note what becomes of a call's result."""

    def iterate(self, tags: Tags, line: int) -> None:
        """Note that a value is iterated over."""

    def put_into(self, container: ast.expr, tags: Tags) -> None:
        """Note what a container holds from now on."""

    def shallow(self, tags: Tags) -> Tags:
        """Return the value of a shallow copy."""

    def new_object(self) -> str:
        """Return the tag of a new object."""

    def dotted(self, node: ast.expr) -> str:
        """Return the qualified name of an expression."""

    def keep_in(self, into: Tags, tags: Tags, line: int) -> None:
        """Note that a parameter is put into something that lasts."""

    def path_of(self, node: ast.expr) -> str:
        """Return the path that an expression spells."""


def first_argument(arguments: Arguments, position: int = 0) -> Tags:
    """Return the value at a position."""
    return next((tags for key, tags in arguments if key == str(position)), NOTHING)


def open_mode(node: ast.Call, position: int) -> str:
    """Return the mode of an `open`; empty when it is not a literal."""
    mode = next(
        (k.value for k in node.keywords if k.arg == "mode"), node.args[position] if len(node.args) > position else None
    )
    return str(mode.value) if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else ""
