"""Facts: what one file says, as compact trees that the linker interprets and the cache stores.

A tree node is a list whose first item is one of the operation numbers below (an `ast` tree without what analysis
never asks for). `pos` packs a place: `line * 4096 + min(column, 4095)`; see `line_of` and `column_of`.

Expressions
    `[STR, text]`  `[NUM, number]`  `[NONE]`  `[OPAQUE]` (bytes, `...`, too deep)
    `[NAME, name]`  `[ATTR, base, name, pos]`  `[SUB, base, index, pos]`  `[SLICE, lower, upper, step]`
    `[CALL, pos, function, arguments, keywords, loops]`: arguments may be `[STAR, expression]`; keywords are
        `[name or None for **, expression]`
    `[BIN, operator, left, right, pos]`  `[UNARY, operator, operand, pos]`  `[CMP, operators, operands, pos]`
    `[BOOL, operator, operands]`  `[IFEXP, test, then, otherwise]`  `[WALRUS, name, expression]`  `[STAR, expression]`
    `[LAMBDA, scope]`  `[COMP, kind, element, value or None, generators, pos]`: kind `list`, `set`, `dict`, `gen`;
        a generator is `[target, iterable, conditions, pos]`
    `[DICT, pos, items]`: items are `[key or None for **, value]`  `[SEQ, pos, kind, elements]`: `list`, `tuple`, `set`
    `[FSTR, parts, pos, manners, formats]`: expressions, literal parts are `STR`; manners is
        a letter a part: `r`, `s` or `f`; formats are those given after colons
    `[AWAIT, e]`  `[YIELD, e or None]`  `[YIELDFROM, e, pos]`

Statements
    `[EXPR, e]`  `[ASSIGN, targets, value, pos]`  `[AUG, target, operator, value, pos]`
    `[ANN, target, annotation, value or None, pos]`  `[RETURN, e or None, pos]`
    `[IF, test, body, orelse, names, flags]`: names bound inside; flag 1: body ends the function, flag 2: orelse does
    `[FOR, target, iterable, body, orelse, names, carried, pos]`: carried: names read before they are bound again
    `[WHILE, test, body, orelse, names, carried]`
    `[TRY, body, handlers, orelse, final, names]`: a handler is `[type or None, name or None, body, pos]`
    `[WITH, items, body, is_async]`: an item is `[context, target or None, pos]`
    `[RAISE, exception or None, cause or None, pos]`  `[DEF, scope]`  `[CLASS, scope]`  `[DEL, targets]`
    `[IMPORT, [[dotted name, alias or None]], pos]`  `[FROM, module, level, [[name, alias or None]], pos]`
    `[MATCH, subject, cases, names, pos]`: a case is `[pattern, guard or None, body]`; patterns are the `P_…` lists
    `[ASSERT, test, message or None]`
"""

from __future__ import annotations

from typing import Any

import msgspec

from decompose.ir.effects import FunctionEffects
from decompose.ir.findings import Finding
from decompose.ir.graph import FileOutcome, LockFile

FACTS_SCHEMA = 4
"""Version of the records and trees below; cached facts of another version are extracted again."""

Node = list[Any]
"""One node of a tree."""

(STR, NUM, NONE, OPAQUE, NAME, ATTR, CALL, SUB, SLICE, BIN, UNARY, CMP, BOOL, IFEXP, WALRUS, STAR, LAMBDA, COMP, DICT,
 SEQ, FSTR, AWAIT, YIELD, YIELDFROM) = range(24)  # fmt: skip
(EXPR, ASSIGN, AUG, ANN, RETURN, IF, FOR, WHILE, TRY, WITH, RAISE, DEF, CLASS, DEL, IMPORT, FROM, MATCH,
 ASSERT) = range(30, 48)  # fmt: skip
P_VALUE, P_CLASS, P_SEQUENCE, P_MAPPING, P_OR, P_AS, P_STAR = range(50, 57)
"""`[P_VALUE, e]` `[P_CLASS, e, patterns, names, patterns]` `[P_SEQUENCE, patterns]` `[P_MAPPING, keys, patterns, rest]`
`[P_OR, patterns]` `[P_AS, pattern or None, name or None]` `[P_STAR, name or None]`"""

COLUMN_BITS = 12

ASYNC, GENERATOR, RETURNS, SMALL = 1, 2, 4, 8
"""Flags of a scope: `async def`, contains `yield`, returns a value, few enough statements to follow per call."""


def line_of(pos: int) -> int:
    """Return the 1-based line of a packed place."""
    return pos >> COLUMN_BITS


def column_of(pos: int) -> int:
    """Return the 0-based column of a packed place (at most 4095)."""
    return pos & ((1 << COLUMN_BITS) - 1)


class ParameterFact(msgspec.Struct, array_like=True):
    """One parameter as written."""

    name: str
    kind: str
    """As `ir.graph.ParameterKind`."""
    annotation: Node | None = None
    default: Node | None = None
    annotation_text: str = ""
    default_text: str | None = None


class ScopeFact(msgspec.Struct, array_like=True):
    """A module body, class body, function or lambda."""

    kind: str
    """`module`, `class`, `function`, `lambda`."""
    name: str
    qualname: str
    """Name within the file (`Class.method`, `outer.inner`, `outer.<lambda1>`); `<module>` for the body."""
    parent: int
    """Index of the enclosing scope; -1 for the module body."""
    pos: int
    end_line: int
    body: list[Node]
    parameters: list[ParameterFact] = []
    returns: Node | None = None
    returns_text: str = ""
    decorators: list[list[Any]] = []
    """`[expression, pos]`, outermost first."""
    bases: list[Node] = []
    keywords: list[list[Any]] = []
    """Of a class: `[name or None, expression]`."""
    local_names: list[str] = []
    """Names bound in this scope, sorted."""
    global_names: list[str] = []
    nonlocal_names: list[str] = []
    captured: list[str] = []
    """Own names that nested scopes read or rebind, sorted."""
    flags: int = 0
    doc: str = ""
    statements: int = 0


class FileFacts(msgspec.Struct, array_like=True):
    """Everything the linker knows of one file; a pure function of its bytes and path."""

    path: str
    digest: str
    lines: int
    scopes: list[ScopeFact] = []
    """The module body first, then in source order."""
    statements: int = 0
    """Statements beyond imports, definitions and docstrings that run on import."""
    has_main_block: bool = False
    cells: list[tuple[str, int, int]] = []
    """Of a notebook: cell name, first and last line in the joined source."""
    shell: list[tuple[int, str]] = []
    """Lines that run a shell command (`!python train.py`) or `%run`: line, command."""
    findings: list[Finding] = []
    effects: dict[str, FunctionEffects] = {}
    """Side effects by qualified name; filled by `source.effects`."""


class ConfigFact(msgspec.Struct, array_like=True):
    """A small configuration file that code may read."""

    path: str
    digest: str
    format: str
    """`yaml`, `toml`, `json`, `env`, `ini`."""
    content: Any = None
    """Plain mappings, lists and scalars; `None` when it does not parse."""
    lines: dict[str, int] = {}
    """First line, 1-based, of each long string without a space that it holds: keys and addresses."""


class SourceFacts(msgspec.Struct, array_like=True):
    """What scanning a tree gives."""

    name: str
    """Name of the analysed folder."""
    files: list[FileFacts]
    """Sorted by path."""
    configs: list[ConfigFact] = []
    requirements: list[str] = []
    outcomes: list[FileOutcome] = []
    findings: list[Finding] = []
    scripts: dict[str, str] = {}
    """Console entry points declared in packaging metadata: name to `module:function`."""
    folders: list[str] = []
    """Folders (POSIX, relative) that packaging metadata or layout mark as import roots, sorted; always holds `""`."""
    data_files: list[str] = []
    """Files of the tree that are neither source nor ignored, sorted: what is there before anything runs."""
    repositories: list[str] = []
    """Of a fleet: folders (POSIX, relative) that are repositories of their own, sorted; empty for one code base."""
    package: str = ""
    """Dotted name under which Python knows the root, when it is a package itself."""
    distributions: list[str] = []
    """Names of the distributions that are made of the tree, or of its neighbours on disk, sorted."""
    locks: list[LockFile] = []
    """Lock files, sorted by path."""
