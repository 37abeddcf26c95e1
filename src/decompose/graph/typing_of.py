"""What abstract values and annotations are called as types."""

from __future__ import annotations

from decompose.graph.core import Core
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import (
    BOX,
    CLASS,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    FUNCTION,
    INSTANCE,
    ITERATOR,
    NULL,
    NUMBER,
    TEXT,
    Box,
    Class,
    External,
    ExternalInstance,
    Instance,
    Number,
    Text,
    Values,
)
from decompose.ir import facts as f
from decompose.ir.facts import Node
from decompose.ir.graph import TypeGuess
from decompose.ir.symbols import join
from decompose.knowledge import Knowledge

MAX_TYPES = 4
MAX_LOOKED_AT = 24
"""Objects of one value that are asked for their type."""
_CONTAINERS = {
    "List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "FrozenSet": "frozenset", "Type": "type",
    "Sequence": "collections.abc.Sequence", "Iterable": "collections.abc.Iterable",
    "Mapping": "collections.abc.Mapping",
    "Iterator": "collections.abc.Iterator", "Callable": "collections.abc.Callable",
}  # fmt: skip
_ANY = ("typing.Any", "object", "builtins.object")


def types_of(core: Core, knowledge: Knowledge, values: Values) -> tuple[TypeGuess, ...]:
    """Return the types that values have, sorted by name, at most `MAX_TYPES`; `None` only beside nothing else."""
    found: dict[str, str] = {}
    for item in sorted(values)[:MAX_LOOKED_AT]:
        name, how = _of_object(core, knowledge, item)
        if name:
            found.setdefault(name, how)
    if len(found) > 1:
        found.pop("None", None)
    return tuple(
        TypeGuess(type=name, confidence="possible", provenance=how) for name, how in sorted(found.items())[:MAX_TYPES]
    )


def _of_object(core: Core, knowledge: Knowledge, item: int) -> tuple[str, str]:
    made = core.objects[item]
    kind = made.kind
    if kind == EXTERNAL_INSTANCE:
        assert isinstance(made, ExternalInstance)
        return _external(knowledge, made.type), "library"
    if kind == INSTANCE:
        assert isinstance(made, Instance)
        return join(made.cls.module.name, made.cls.scope.qualname), "constructor"
    if kind == TEXT:
        assert isinstance(made, Text)
        return ("pathlib.Path" if made.is_path else "builtins.str"), "literal"
    if kind == NUMBER:
        assert isinstance(made, Number)
        return (f"builtins.{type(made.value).__name__}" if made.value is not None else ""), "literal"
    if kind == BOX:
        assert isinstance(made, Box)
        return f"builtins.{made.type}", "literal"
    simple = {NULL: "None", FUNCTION: "collections.abc.Callable", ITERATOR: "collections.abc.Iterator", CLASS: "type"}
    return simple.get(kind, ""), "flow"


def _external(knowledge: Knowledge, type_name: str) -> str:
    """Return the dotted type of an external instance; of one known only by its maker, what the maker returns."""
    found = knowledge.type_of(type_name)
    return "" if found.startswith(("family.", "list[")) else found


def annotation_type(core: Core, module: ModuleInfo, node: Node | None) -> str:
    """Return the dotted type (or own class symbol) that an annotation names; empty when it says nothing."""
    if node is None:
        return ""
    name = _annotation(core, module, node)
    return "" if name in _ANY else name


def _annotation(core: Core, module: ModuleInfo, node: Node) -> str:
    kind = node[0]
    if kind == f.NONE:
        return "None"
    if kind == f.STR:
        return _annotation(core, module, _parsed(node[1])) if _is_dotted(node[1]) else ""
    if kind in (f.NAME, f.ATTR):
        return _named(core, module, node)
    if kind == f.SUB:
        base = _annotation(core, module, node[1])
        inner = node[2][3] if node[2][0] == f.SEQ else [node[2]]
        if base in ("typing.Optional", "typing.Annotated", "typing.Final", "typing.ClassVar"):
            return _annotation(core, module, inner[0]) if inner else ""
        if base == "typing.Union":
            parts = [p for p in (_annotation(core, module, i) for i in inner) if p and p != "None"]
            return parts[0] if len(parts) == 1 else ""
        if base.startswith("collections.abc.Callable"):
            return base
        arguments = ", ".join(_annotation(core, module, i) or "object" for i in inner)
        return f"{base}[{arguments}]" if base else ""
    if kind == f.BIN and node[1] == "|":
        parts = [p for p in (_annotation(core, module, i) for i in node[2:4]) if p and p != "None"]
        return parts[0] if len(parts) == 1 else ""
    return ""


def _named(core: Core, module: ModuleInfo, node: Node) -> str:
    if node[0] == f.ATTR:
        base = _named(core, module, node[1])
        return f"{base}.{node[2]}" if base and ":" not in base else ""
    name = node[1]
    frame = core.module_frames.get(module.facts.path) or core.module_frames.get(module.name)
    cell = frame.cells.get(name) if frame is not None else None
    for item in sorted(cell.values) if cell is not None else ():
        made = core.objects[item]
        if made.kind == CLASS:
            assert isinstance(made, Class)
            return join(made.module.name, made.scope.qualname)
        if made.kind == EXTERNAL:
            assert isinstance(made, External)
            return _plain(made.name)
    return _plain(f"builtins.{name}") if name in _BUILTIN else ""


def _plain(name: str) -> str:
    last = name.rpartition(".")[2]
    if name.startswith(("typing.", "typing_extensions.")) and last in _CONTAINERS:
        return _CONTAINERS[last]
    if name.startswith("builtins.") and last in ("list", "dict", "set", "tuple", "frozenset", "type"):
        return last
    return name


def _parsed(text: str) -> Node:
    first, *rest = text.split(".")
    node: Node = [f.NAME, first]
    for part in rest:
        node = [f.ATTR, node, part, 0]
    return node


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


_BUILTIN = frozenset(
    ("int", "str", "float", "bool", "bytes", "list", "dict", "set", "tuple", "frozenset", "type", "object", "complex")
)
