"""Small graphs by hand: `system("a:f -> b:g", roles={"a:f": "training"})`."""

from __future__ import annotations

from decompose.ir.findings import Span
from decompose.ir.graph import Asset, CodeGraph, Edge, EntryPoint, Module, RoleTag, Site, Unit
from decompose.ir.symbols import is_asset, module_of, top_level_of

ARROWS = {
    "->": ("call", 0),
    "->>": ("call", 2),
    "r>": ("read", 0),
    "w>": ("write", 0),
    "=>": ("inherit", 0),
    "i>": ("import", 0),
}


def system(*edges: str, roles=None, kinds=None, entries=None, flags=None, externals=None, sizes=None, name="shop"):
    """Return a graph from lines `SOURCE -> TARGET`, with `->>` for a call in a loop, `r>` and `w>` for assets.

    Modules, units and their kinds follow from the symbols: a capital letter makes a class, a dot a method.
    """
    made: list[Edge] = []
    symbols: set[str] = set(roles or ()) | set(entries or ()) | set(sizes or ())
    for line in edges:
        if " " not in line:
            symbols.add(line)
            continue
        source, arrow, target = line.split(" ")
        kind, loops = ARROWS[arrow]
        symbols |= {s for s in (source, target) if not is_asset(s)}
        site = Site(path=path_of(module_of(source)), line=1, loops=loops)
        made.append(Edge(source=source, target=target, kind=kind, sites=(site,)))
    symbols |= {top_level_of(symbol) for symbol in symbols}
    modules = {module_of(symbol) for symbol in symbols}
    return CodeGraph(
        name=name,
        digest="0",
        modules=tuple(
            Module(
                name=m, path=path_of(m), kind=(kinds or {}).get(m, "module"), statements=1,
                externals=tuple((externals or {}).get(m, ())),
            )
            for m in sorted(modules)
        ),
        units=tuple(
            Unit(
                symbol=s, kind=kind_of(s), module=module_of(s), span=Span(path=path_of(module_of(s))),
                parent=top_level_of(s) if "." in s.partition(":")[2] else "",
                statements=(sizes or {}).get(s, 5), flags=tuple((flags or {}).get(s, ())),
                roles=(RoleTag(role=(roles or {})[s], confidence=0.9),) if s in (roles or {}) else (),
                entry=EntryPoint(kind=(entries or {})[s]) if s in (entries or {}) else None,
            )
            for s in sorted(symbols)
        ),
        edges=tuple(made),
        assets=tuple(
            Asset(symbol=s, kind="file", name=s.partition(":")[2])
            for s in sorted({e.target for e in made if is_asset(e.target)})
        ),
    )  # fmt: skip


def path_of(module: str) -> str:
    """Return the file of a module."""
    return module if module.endswith(".ipynb") else module.replace(".", "/") + ".py"


def kind_of(symbol: str) -> str:
    """Return the kind of a unit by its name."""
    qualname = symbol.partition(":")[2]
    if qualname == "<module>":
        return "module"
    if qualname.startswith("cell_"):
        return "cell"
    if "." in qualname:
        return "method"
    return "class" if qualname[:1].isupper() else "function"
