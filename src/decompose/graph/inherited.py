"""Own classes that inherit a built-in container: each instance holds a container, which inherited methods work on."""

from __future__ import annotations

from typing import Any

from decompose.graph.objects import Box, Instance

KINDS = {
    "builtins.dict": "dict", "collections.OrderedDict": "dict", "collections.defaultdict": "dict", "typing.Dict": "dict",
    "builtins.list": "list", "typing.List": "list", "collections.deque": "list", "builtins.set": "set",
    "collections.UserDict": "dict", "collections.UserList": "list",
}  # fmt: skip
"""Built-in bases, and the kind of container that they are."""


def inner_box(s: Any, made: Instance) -> Box | None:
    """Return the container in an instance of a class that inherits one."""
    for base in made.cls.mro:
        if isinstance(base, str) and base in KINDS:
            return s.box(KINDS[base], ("inherited", made.id))  # type: ignore[no-any-return]
    return None


def inherited_box(s: Any, name: str, receiver: int) -> Box | None:
    """Return the container that an inherited method (`builtins.dict.get`) of an own instance works on."""
    made = s.objects[receiver] if receiver >= 0 else None
    if isinstance(made, Instance) and name.rpartition(".")[0] in KINDS:
        return inner_box(s, made)
    return None
