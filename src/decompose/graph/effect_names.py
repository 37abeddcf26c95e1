"""What the names in raw effects stand for: own units, own module-level state, or something outside the tree."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from decompose.ir.effects import CallFact
from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.ir.symbols import join, qualname_of


@dataclass(slots=True)
class NameTable:
    """Look-ups over the units and modules of one graph."""

    units: Mapping[str, Unit]
    modules: Mapping[str, Module]
    module_by_import: Mapping[str, str]
    """Canonical module name by every dotted name under which it is imported."""
    classes_by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _callable: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: CodeGraph) -> NameTable:
        """Return the look-ups of a graph."""
        by_import: dict[str, str] = {}
        for module in graph.modules:
            for name in (module.name, *module.import_names):
                by_import.setdefault(name, module.name)
        classes: dict[str, list[str]] = {}
        for unit in graph.units:
            if unit.kind == "class":
                classes.setdefault(qualname_of(unit.symbol).rpartition(".")[2], []).append(unit.symbol)
        by_name = {name: tuple(found) for name, found in classes.items()}
        units = {unit.symbol: unit for unit in graph.units}
        return cls(units, {module.name: module for module in graph.modules}, by_import, by_name)

    def is_class(self, symbol: str) -> bool:
        """Return whether a symbol is an own class."""
        unit = self.units.get(symbol)
        return unit is not None and unit.kind == "class"

    def callable_of(self, symbol: str) -> str:
        """Return the function that answers a call: of a class, its own or inherited constructor."""
        known = self._callable.get(symbol)
        if known is None:
            known = self._callable[symbol] = self._constructor(symbol) if self.is_class(symbol) else symbol
        return known

    def _constructor(self, symbol: str) -> str:
        pending, seen = [symbol], set()
        while pending:
            name = pending.pop(0)
            if name in seen or name not in self.units:
                continue
            seen.add(name)
            if f"{name}.__init__" in self.units:
                return f"{name}.__init__"
            pending.extend(self.units[name].bases)
        return symbol

    def class_made(self, target: str, fact: CallFact) -> str:
        """Return the class of which a call makes an instance; empty for any other call."""
        if self.is_class(target):
            return target
        owner, _, last = target.rpartition(".")
        if last not in ("__init__", "__new__") or fact.name in ("__init__", "__new__") or not self.is_class(owner):
            return ""
        if qualname_of(owner).rpartition(".")[2] == fact.name:
            return owner
        named = self.classes_by_name.get(fact.name, ())
        return named[0] if len(named) == 1 else owner

    def is_bound(self, target: str, fact: CallFact) -> bool:
        """Return whether the callee's first parameter is filled by the receiver."""
        if self.is_class(target):
            return self.callable_of(target) != target
        unit = self.units.get(target)
        if unit is None or unit.kind != "method" or "static" in unit.flags:
            return False
        if qualname_of(target).endswith((".__init__", ".__call__")) or "classmethod" in unit.flags:
            return True
        return any(argument.key == "self" for argument in fact.arguments)

    def receiver(self, unit: Unit) -> str:
        """Return the name of a method's first parameter; empty for anything else."""
        is_method = unit.kind == "method" and "static" not in unit.flags
        parameters = unit.signature.parameters if unit.signature is not None else ()
        return parameters[0].name if is_method and parameters else ""

    def resolve(self, dotted: str, module: str) -> tuple[str, str]:
        """Return the own module that a dotted name begins with, and the rest; two empty texts when there is none.

        Args:
            dotted: `pkg.module.NAME`, or relative with leading dots.
            module: Module in which it stands.
        """
        name = self._absolute(dotted, module)
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            found = self.module_by_import.get(".".join(parts[:cut]))
            if found is not None:
                return found, ".".join(parts[cut:])
        return "", ""

    def _absolute(self, dotted: str, module: str) -> str:
        """Return a dotted name without leading dots."""
        level = len(dotted) - len(dotted.lstrip("."))
        if not level:
            return dotted
        record = self.modules.get(module)
        package = module if record is not None and record.path.endswith("__init__.py") else module.rpartition(".")[0]
        for _ in range(level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{dotted[level:]}" if package else dotted[level:]

    def state(self, name: str, module: str) -> str:
        """Return the state symbol of a variable of a module or class; empty for foreign names."""
        if "." not in name:
            return f"state:{module}:{name}" if join(module, name) not in self.units else ""
        head = name.partition(".")[0]
        if join(module, head) in self.units and not name.startswith("."):
            return f"state:{module}:{name}"
        owner, rest = self.resolve(name, module)
        if not owner or not rest:
            return ""
        return f"state:{join(owner, rest)}"

    def unit_or_name(self, name: str, module: str) -> str:
        """Return the symbol of an own class or function, or the name as it is."""
        if join(module, name) in self.units:
            return join(module, name)
        owner, rest = self.resolve(name, module)
        return join(owner, rest) if rest and join(owner, rest) in self.units else name

    def imported_traits(self, dotted: str, module: str) -> set[str]:
        """Return what an imported name is as a value."""
        owner, rest = self.resolve(dotted, module)
        return self._unit_traits(join(owner, rest)) if rest else set()

    def _member_traits(self, symbol: str) -> set[str]:
        """Return `enum:CLASS` for a member of an own enum."""
        owner = self.units.get(symbol.rpartition(".")[0])
        is_enum = owner is not None and ("enum" in owner.flags or any("Enum" in base for base in owner.bases))
        return {f"enum:{owner.symbol}"} if owner is not None and is_enum else set()

    def is_member(self, name: str, kind: str, module: str) -> bool:
        """Return whether a name (`own` of the file, or `imported`) is a member of an own enum."""
        traits = self.own_traits(name, module) if kind == "own" else self.imported_traits(name, module)
        return any(trait.startswith("enum:") for trait in traits)

    def own_traits(self, name: str, module: str) -> set[str]:
        """Return what a name of the same file is as a value."""
        return self._unit_traits(join(module, name))

    def _unit_traits(self, symbol: str) -> set[str]:
        unit = self.units.get(symbol)
        if unit is None:
            return self._member_traits(symbol)
        return {"is_class"} if unit.kind == "class" else {"callback:function"}


@lru_cache(maxsize=4096)
def is_plain_default(text: str) -> bool:
    """Return whether a default is one value wherever it is evaluated: a literal or an enum member."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    if isinstance(node, ast.Name):
        return False
    return _is_constant(node)


def _is_constant(node: ast.expr) -> bool:
    """Return whether an expression is a literal that nothing can change."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    if isinstance(node, ast.Tuple):
        return all(_is_constant(element) for element in node.elts)
    return isinstance(node, ast.BinOp) and _is_constant(node.left) and _is_constant(node.right)
