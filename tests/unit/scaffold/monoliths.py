"""Small monoliths as text, and the records that earlier stages would give for them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Module, State, Unit

_BASE_FLAGS = {
    "Enum": "enum",
    "IntEnum": "enum",
    "NamedTuple": "namedtuple",
    "BaseModel": "pydantic",
    "Protocol": "protocol",
}


def graph_of(sources: Mapping[str, str], mutated: tuple[str, ...] = ()) -> CodeGraph:
    """Return the graph of a small tree: modules, units, inheritance."""
    modules, units, edges = [], [], []
    for path, text in sorted(sources.items()):
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        tree = ast.parse(text)
        externals = {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        externals |= {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        modules.append(
            Module(name=name, path=path, kind="module", import_names=(name,), externals=tuple(sorted(externals)))
        )
        units.append(Unit(symbol=f"{name}:<module>", kind="module", module=name, span=Span(path)))
        names = _names(name, tree)
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                units.append(
                    Unit(symbol=f"{name}:{node.name}", kind="function", module=name, span=Span(path, node.lineno))
                )
            elif isinstance(node, ast.ClassDef):
                bases = tuple(names.get(ast.unparse(b), ast.unparse(b)) for b in node.bases)
                flags = {_BASE_FLAGS[b.rpartition(".")[2]] for b in bases if b.rpartition(".")[2] in _BASE_FLAGS}
                flags |= {"exception"} if any(b.endswith(("Error", "Exception")) for b in bases) else set()
                flags |= {"dataclass"} if any("dataclass" in ast.unparse(d) for d in node.decorator_list) else set()
                symbol = f"{name}:{node.name}"
                units.append(
                    Unit(
                        symbol=symbol,
                        kind="class",
                        module=name,
                        span=Span(path, node.lineno),
                        bases=bases,
                        flags=tuple(sorted(flags)),
                    )
                )
                edges += [Edge(source=symbol, target=b, kind="inherit") for b in bases if ":" in b]
    states = tuple(State(symbol=f"state:{m}", kind="global", span=Span("x"), is_mutated=True) for m in mutated)
    return CodeGraph(
        name="toy", digest="", modules=tuple(modules), units=tuple(units), edges=tuple(edges), states=states
    )


def blueprint_of(
    graph: CodeGraph,
    services: Mapping[str, tuple[str, ...]],
    shared: tuple[str, ...] = (),
    kinds: Mapping[str, str] | None = None,
) -> Blueprint:
    """Return a blueprint in which each service has the named modules (`pkg.mod`) or units (`pkg.mod:name`)."""
    made = []
    for name, members in services.items():
        kind = (kinds or {}).get(name, "service")
        made.append(ServiceBlueprint(name=name, kind=kind, because=f"it does {name}", members=_expand(graph, members)))
    return Blueprint(system="toy", services=tuple(made), shared=_expand(graph, shared))


def _expand(graph: CodeGraph, members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({u.symbol for u in graph.units for m in members if u.symbol == m or u.module == m}))


def _names(module: str, tree: ast.Module) -> dict[str, str]:
    found = {n.name: f"{module}:{n.name}" for n in tree.body if isinstance(n, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                a.asname or a.name: f"{node.module}:{a.name}" for a in node.names if node.module.startswith("shop")
            }
    return found
