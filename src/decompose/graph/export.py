"""The call graph in the simple format of the public micro-benchmarks: caller to callees, dotted names."""

from __future__ import annotations

import re

from decompose.graph.modules import dotted_path
from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Edge

_LITERALS = {"str": "PyStr", "dict": "PyDict", "list": "PyList", "tuple": "PyTuple", "set": "PySet"}
_STORES = frozenset({"append", "extend", "insert", "update", "setdefault", "add", "appendleft"})
"""Container methods that are followed as stores, not as calls."""


def callgraph(graph: CodeGraph) -> dict[str, list[str]]:
    """Return caller to sorted callees.

    Modules are named by their path below the analysed folder, methods by the class that defines them, built-ins
    `<builtin>.name`, methods of literals `<**PyStr**>.name`, lambdas `scope.<lambdaN>`, anything else outside by its
    dotted name. Calling a class is an edge to its `__init__` only where one is defined. Units that call nothing have
    an empty list.
    """
    modules = {module.name: dotted_path(module.path) for module in graph.modules}
    kinds = {unit.symbol: unit.kind for unit in graph.units}
    out: dict[str, set[str]] = {_name(unit.symbol, modules): set() for unit in graph.units if unit.kind != "class"}
    for edge in graph.edges:
        if edge.kind != "call" or kinds.get(edge.target) == "class":
            continue
        target = _target(edge, modules)
        if target:
            out.setdefault(_name(edge.source, modules), set()).add(target)
    return {caller: sorted(callees) for caller, callees in sorted(out.items())}


def _target(edge: Edge, modules: dict[str, str]) -> str:
    if not symbols.is_external(edge.target):
        return _name(edge.target, modules)
    name = edge.target.partition(":")[2]
    name = name.replace("()", "").replace("[]", "")
    if not name.startswith("builtins."):
        return name
    kind, _, method = name.removeprefix("builtins.").partition(".")
    if method and kind in _LITERALS:
        return "" if method in _STORES and kind != "str" else f"<**{_LITERALS[kind]}**>.{method}"
    return "<builtin>." + name.removeprefix("builtins.")


def _name(symbol: str, modules: dict[str, str]) -> str:
    module, _, qualname = symbol.partition(":")
    dotted = modules.get(module, module)
    if not qualname or qualname == symbols.MODULE_BODY or re.fullmatch(r"cell_\d+", qualname):
        return dotted
    return f"{dotted}.{qualname}"
