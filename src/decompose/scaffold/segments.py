"""A notebook or script as functions: what stands at its top level is cut into segments, by what they need and leave.

Imports, definitions and settings stay at module level. Each other run of cells becomes a function that takes what it
needs of earlier ones and returns what later ones use. A definition that reads data of the notebook gets it as a
parameter, and every call hands it over; where that cannot be done, the whole becomes one function.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from decompose.scaffold.liveness import free_names, global_names, liveness
from decompose.scaffold.statements import read_module

MAX_STATEMENTS = 40
"""Statements that a function of several cells may have."""
SMALL = 3
"""Statements up to which a cell goes into the function before it."""
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the source that belongs together."""

    name: str
    first: int
    last: int
    role: str = ""
    """What it mostly does, when that is known."""


@dataclass(slots=True)
class Segment:
    """One function in the making."""

    name: str
    cells: list[Cell]
    statements: list[ast.stmt] = field(default_factory=list)
    parameters: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(slots=True)
class Outline:
    """A notebook taken apart."""

    top: list[ast.stmt]
    """Imports, settings and definitions, in order."""
    segments: list[Segment]
    added: dict[str, tuple[str, ...]]
    """Parameters that definitions get for the data that they read, by definition."""


def outline(source: str, cells: Sequence[Cell]) -> Outline:
    """Take a notebook or script apart.

    Args:
        source: Python text; magics are gone already.
        cells: Its cells in order; without any, the paragraphs of the text.

    Raises:
        SyntaxError: If the text is no Python of this interpreter.
    """
    tree = ast.parse(source)
    top, rest = _hoisted(tree.body, source)
    segments = _grouped(rest, cells or paragraphs(source))
    at_top = set().union(*(_names_of(node) for node in top)) if top else set()
    data = set().union(*(liveness(s.statements).maybe for s in segments)) if segments else set()
    added = _added(top, data)
    if _is_one(top, segments, data, added, tree):
        return _as_one(tree, source, segments)
    _connect(segments, at_top, data, added)
    return Outline(top, segments, added)


def paragraphs(source: str) -> list[Cell]:
    """Return the parts of a script: between `# %%` marks, else between headings, comments alone above a blank line."""
    lines = source.splitlines()
    marks = [i for i, line in enumerate(lines, 1) if line.startswith(("# %%", "#%%"))]
    if not marks:
        marks = [i for i, line in enumerate(lines, 1) if line.startswith("#") and (i == 1 or not lines[i - 2].strip())]
    starts = sorted({1, *marks})
    ends = [start - 1 for start in starts[1:]] + [len(lines)]
    return [Cell(f"part_{n}", first, last) for n, (first, last) in enumerate(zip(starts, ends, strict=True), 1)]


def _hoisted(body: list[ast.stmt], source: str) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return what may stand at module level, and the rest: a name that is bound once, by an import or definition."""
    text = read_module(source.encode())
    settings = {s.line for s in text.statements if s.is_setting} if text is not None else set()
    binders: dict[str, list[ast.stmt]] = {}
    for node in body:
        for name in liveness([node]).maybe:
            binders.setdefault(name, []).append(node)
    top: list[ast.stmt] = []
    rest: list[ast.stmt] = []
    known: set[str] = set(dir(builtins))
    for node in body:
        names = liveness([node]).maybe
        is_import = isinstance(node, _IMPORTS) and all(_is_one_import(name, binders[name]) for name in names)
        is_definition = isinstance(node, _DEFINITIONS) and len(binders[node.name]) == 1
        is_setting = node.lineno in settings and free_names(node) <= known
        if _is_import_attempt(node) or is_import or is_definition or is_setting:
            top.append(node)
            known |= names
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) and not isinstance(
            node, ast.Pass
        ):
            rest.append(node)
    return top, rest


def _is_one_import(name: str, binders: list[ast.stmt]) -> bool:
    """Return whether a name is only ever bound by imports of one and the same thing."""
    found = set()
    for node in binders:
        if not isinstance(node, _IMPORTS):
            return False
        alias = next(a for a in node.names if (a.asname or a.name.partition(".")[0]) == name)
        whole = alias.asname is None and isinstance(node, ast.Import)
        found.add((getattr(node, "module", ""), name if whole else alias.name))
    return len(found) == 1


def _is_import_attempt(node: ast.stmt) -> bool:
    """Return whether a `try` only imports, with another import or a constant where that fails."""
    if not isinstance(node, ast.Try):
        return False
    parts = [*node.body, *(s for h in node.handlers for s in h.body), *node.orelse, *node.finalbody]
    return all(isinstance(p, (*_IMPORTS, ast.Pass)) or _is_constant(p) for p in parts) and any(
        isinstance(p, _IMPORTS) for p in parts
    )


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)


def _names_of(node: ast.stmt) -> set[str]:
    return liveness([node]).maybe


def _grouped(statements: list[ast.stmt], cells: Sequence[Cell]) -> list[Segment]:
    """Return the segments: a cell each, those that do the same and small ones joined."""
    segments: list[Segment] = []
    for cell in cells:
        own = [s for s in statements if cell.first <= s.lineno <= cell.last]
        if not own:
            continue
        before = segments[-1] if segments else None
        size = _size(own)
        if before is not None and _size(before.statements) + size <= MAX_STATEMENTS:
            is_same = bool(cell.role) and cell.role == before.cells[-1].role
            if is_same or size <= SMALL or _size(before.statements) <= SMALL:
                before.cells.append(cell)
                before.statements += own
                continue
        segments.append(Segment("", [cell], own))
    return segments


def _size(statements: Iterable[ast.stmt]) -> int:
    return sum(isinstance(n, ast.stmt) for s in statements for n in ast.walk(s))


def _added(top: list[ast.stmt], data: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the data that each definition reads, its own and that of definitions which it calls."""
    definitions = {node.name: node for node in top if isinstance(node, _DEFINITIONS)}
    reads = {name: free_names(node) for name, node in definitions.items()}
    found = {name: names & data for name, names in reads.items()}
    while True:
        more = {n: found[n].union(*(found[other] for other in reads[n] & found.keys())) for n in found}
        if more == found:
            return {name: tuple(sorted(names)) for name, names in found.items() if names}
        found = more


def _is_one(
    top: list[ast.stmt], segments: list[Segment], data: set[str], added: dict[str, tuple[str, ...]], tree: ast.Module
) -> bool:
    """Return whether the parts cannot be told apart: data that functions set, classes or decorators that read data."""
    definitions = [node for node in top if isinstance(node, _DEFINITIONS)]
    sets_data = any(global_names(node) & data for node in ast.walk(tree) if isinstance(node, _DEFINITIONS))
    by_class = any(isinstance(node, ast.ClassDef) and node.name in added for node in definitions)
    early = any(_early_names(node) & (data | added.keys()) for node in definitions)
    nested = any(_binds_again(node, added) for node in definitions)
    return sets_data or by_class or early or nested or _late_captures(segments, data) or len(segments) <= 1


def _late_captures(segments: list[Segment], data: set[str]) -> bool:
    """Return whether a lambda or local function reads data that another segment binds anew."""
    binders: dict[str, int] = {}
    for segment in segments:
        for name in liveness(segment.statements).maybe & data:
            binders[name] = binders.get(name, 0) + 1
    captured = set()
    for segment in segments:
        for statement in segment.statements:
            own = isinstance(statement, _DEFINITIONS) or (
                isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda)
            )
            captured |= free_names(statement) if own else set()
    return any(binders.get(name, 0) > 1 for name in captured)


def dynamic_line(tree: ast.Module) -> int:
    """Return the first line that looks names up at run time (`globals()`, `exec`), 0 when there is none."""
    lines = [
        n.lineno
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in ("globals", "locals", "exec")
    ]
    return min(lines, default=0)


def _early_names(node: ast.stmt) -> set[str]:
    """Return the names that a definition reads when it is made: decorators, defaults, bases, a class's body."""
    if isinstance(node, ast.ClassDef):
        parts: list[ast.AST] = [*node.bases, *node.keywords, *node.decorator_list]
        parts += [s for s in node.body if not isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        parts = [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    else:
        parts = []
    return set().union(*(free_names(part) for part in parts)) if parts else set()


def _binds_again(node: ast.stmt, added: dict[str, tuple[str, ...]]) -> bool:
    """Return whether a definition's parameters are called as the data or the functions that it would be given."""
    inner = {a.arg for n in ast.walk(node) if isinstance(n, ast.arguments) for a in (*n.args, *n.kwonlyargs)}
    wanted = set(added.get(getattr(node, "name", ""), ()))
    return bool(inner & wanted) or bool(inner & added.keys())


def _as_one(tree: ast.Module, source: str, segments: list[Segment]) -> Outline:
    """Return everything but imports at the top as one function, definitions inside it."""
    top = [n for n in tree.body if isinstance(n, _IMPORTS) or _is_import_attempt(n)]
    rest = [n for n in tree.body if n not in top and not isinstance(n, ast.Pass)]
    if not rest:
        return Outline(top, [], {})
    cells = [cell for segment in segments for cell in segment.cells] or paragraphs(source)[:1]
    return Outline(top, [Segment("", cells, rest)], {})


def _connect(segments: list[Segment], at_top: set[str], data: set[str], added: dict[str, tuple[str, ...]]) -> None:
    """Give every segment its parameters and results; join those between which a name is only perhaps bound."""
    position = 0
    while position < len(segments):
        before = set().union(*(liveness(s.statements).maybe for s in segments[:position])) if position else set()
        segment = segments[position]
        own = liveness(segment.statements)
        needs = needed(segment.statements, added) & before
        later = set().union(*(needed(s.statements, added) for s in segments[position + 1 :]), set())
        leaves = (own.maybe & later & data) - own.gone
        needs |= {name for name in leaves - own.sure if name in before}
        doubtful = leaves - own.sure - needs
        if doubtful and position + 1 < len(segments):
            following = segments.pop(position + 1)
            segment.cells += following.cells
            segment.statements += following.statements
            continue
        segment.parameters = tuple(sorted(needs - at_top))
        segment.results = tuple(sorted(leaves - doubtful))
        position += 1


def needed(statements: list[ast.stmt], added: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the names that statements need from before, with the data that they hand to definitions."""
    found = liveness(statements)
    names = set(found.needs)
    bound: set[str] = set()
    for statement in statements:
        for name in sorted(free_names(statement) & added.keys()):
            names |= set(added[name]) - bound
        bound |= liveness([statement]).sure
    return names


def label_of(segment: Segment, lines: Sequence[str], taken: set[str]) -> str:
    """Return the name of a segment's function: its heading comment, else its role, else its first cell."""
    first = segment.cells[0]
    heading = next((line for line in lines[first.first - 1 : first.last] if line.strip()), "")
    words = _WORDS.findall(heading.lower()) if heading.startswith("#") and not heading.startswith("#!") else []
    words = [w for w in words if len(w) > 1][:5]
    base = "_".join(words)[:40].strip("_") if len(words) > 1 or (words and len(words[0]) > 3) else ""
    base = base or first.role or first.name
    if not base.isidentifier() or base in dir(builtins):
        base = f"{first.name}_{base}" if f"{first.name}_{base}".isidentifier() else first.name
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name
