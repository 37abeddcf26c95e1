"""The module-level statements of one file: what each binds, what it uses, what it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

StatementKind = Literal["docstring", "future", "import", "def", "class", "assign", "effect", "compound", "main", "all"]

When = Literal["loaded", "called", "checked"]

_MISSING = frozenset({"ImportError", "ModuleNotFoundError"})
_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "parser.error"})
_OTHER_SYSTEM = re.compile(
    r"^(sys\.platform|os\.name|platform\.system\(\))(\.startswith\(| == | in )\W*(win|nt|darwin|cygwin)", re.I
)
"""Conditions that hold on other systems than the ones that services run on."""
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_SETTINGS = (
    "sys.path.",
    "sys.setrecursionlimit",
    "load_dotenv",
    "dotenv.load_dotenv",
    "warnings.filterwarnings",
    "warnings.simplefilter",
    "logging.basicConfig",
    "logging.config.",
    "matplotlib.use",
    "pd.set_option",
    "pd.options.",
    "np.set_printoptions",
    "locale.setlocale",
    "multiprocessing.set_start_method",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """One name that an import binds, or one module that it loads."""

    bound: str
    """Name bound in the module; `*` for a star import."""
    module: str
    """Dotted module as written, without leading dots."""
    level: int = 0
    """Leading dots."""
    attribute: str = ""
    """Name taken from the module; empty for `import module`."""
    when: When = "loaded"
    """Whether the module that has it needs it to be loaded, when something in it is called, or for type checkers alone."""
    is_optional: bool = False
    """Whether the code goes on without it (`try … except ImportError`), or another system needs it."""
    instead_of: tuple[str, ...] = ()
    """Modules whose absence it makes good (`except ImportError: import …`)."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """One module-level logical line, or compound statement, with its comments left aside."""

    index: int
    kind: StatementKind
    line: int
    end_line: int
    binds: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()
    """Of an effect: the names whose values it may change (`app` in `app.include_router(...)`)."""
    imports: tuple[Imported, ...] = ()
    """Imports made by the statement itself or anywhere inside it."""
    attributes: frozenset[tuple[str, str]] = frozenset()
    """Pairs of a name and what is read from it, dotted (`np.random.seed` gives `np`, `random.seed`)."""
    is_setting: bool = False
    """Whether it only sets up the process (`sys.path`, warnings, logging)."""
    node: ast.stmt | None = None


@dataclass(frozen=True, slots=True)
class ModuleText:
    """One parsed file."""

    statements: tuple[Statement, ...]
    binders: dict[str, tuple[int, ...]]
    """Indexes of the statements that bind each name, in order."""
    globals: frozenset[str] = frozenset()
    """Names that functions declare `global`."""

    @property
    def stars(self) -> tuple[Statement, ...]:
        """Statements with a star import."""
        return tuple(s for s in self.statements if any(i.bound == "*" for i in s.imports))


def read_module(source: bytes) -> ModuleText | None:
    """Return the statements of a file, `None` when this interpreter cannot parse it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    statements = tuple(_statement(index, group) for index, group in enumerate(_logical_lines(tree.body)))
    binders: dict[str, tuple[int, ...]] = {}
    for statement in statements:
        for name in statement.binds:
            binders[name] = (*binders.get(name, ()), statement.index)
    declared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    return ModuleText(statements, binders, frozenset(declared))


def _logical_lines(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Yield groups of statements that share a line (`a = 1; b = 2`)."""
    group: list[ast.stmt] = []
    for node in body:
        if group and node.lineno != group[-1].end_lineno:
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _statement(index: int, group: list[ast.stmt]) -> Statement:
    first = group[0]
    decorators = getattr(first, "decorator_list", [])
    line = min([first.lineno, *(d.lineno for d in decorators)])
    nodes = [node for top in group for node in ast.walk(top)]
    binds = tuple(dict.fromkeys(name for top in group for name in _bound(top)))
    return Statement(
        index=index,
        kind=_kind(group, index),
        line=line,
        end_line=group[-1].end_lineno or line,
        binds=binds,
        uses=_used(nodes),
        roots=tuple(dict.fromkeys(root for top in group for root in _roots(top))),
        imports=tuple(item for top in group for item in _imports(top)),
        attributes=frozenset(_chains(nodes)),
        is_setting=_is_setting(first),
        node=first if len(group) == 1 else None,
    )


def _kind(group: list[ast.stmt], index: int) -> StatementKind:
    node = group[0]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and index == 0:
        return "docstring"
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return "future"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import" if len(group) == 1 else "compound"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "def"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, ast.If) and "__name__" in ast.dump(node.test) and "__main__" in ast.dump(node.test):
        return "main"
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and _bound(node):
        return "all" if "__all__" in _bound(node) else "assign"
    if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.Match)):
        return "compound"
    return "effect"


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the module-level names that a statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield current.name
            continue
        if isinstance(current, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(current, ast.Name) and isinstance(current.ctx, ast.Store):
            yield current.id
        elif isinstance(current, (ast.Import, ast.ImportFrom)):
            yield from (item.bound for item in _imported(current) if item.bound != "*")
        elif isinstance(current, ast.ExceptHandler) and current.name:
            yield current.name
        stack.extend(reversed(list(ast.iter_child_nodes(current))))


def _chains(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the longest dotted names: the first part, and the rest."""
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if not isinstance(node, ast.Attribute) or id(node) in inner:
            continue
        root, path = chain(node)
        if isinstance(root, ast.Name):
            yield root.id, ".".join(path)


def chain(node: ast.AST) -> tuple[ast.AST, tuple[str, ...]]:
    """Return what the attributes are read from, and their names from there on."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    return node, tuple(path)


def _used(nodes: list[ast.AST]) -> frozenset[str]:
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    for node in nodes:
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            names.update(_quoted(annotation) if isinstance(annotation, ast.AST) else ())
        if isinstance(node, ast.Global):
            names.update(node.names)
    return frozenset(names)


def _quoted(annotation: ast.AST) -> Iterator[str]:
    """Yield the names in the quoted parts of a type; what stands in a `Literal` is text."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).endswith("Literal"):
        return
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        yield from _IDENTIFIER.findall(annotation.value)
    for part in ast.iter_child_nodes(annotation):
        yield from _quoted(part)


def _roots(node: ast.stmt) -> Iterator[str]:
    """Yield the names at the root of what a statement changes in place."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets = [node.value.func]
    elif isinstance(node, ast.Assign):
        targets = [t for t in node.targets if not isinstance(t, ast.Name)]
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = node.targets
    elif isinstance(node, (ast.For, ast.While, ast.If, ast.With, ast.Try)):
        for inner in _run_inside(node):
            if isinstance(inner, ast.stmt) and not isinstance(inner, (ast.For, ast.If)):
                yield from _roots(inner)
    for target in targets:
        current: ast.expr = target
        while isinstance(current, (ast.Attribute, ast.Subscript, ast.Call)):
            current = current.func if isinstance(current, ast.Call) else current.value
        if isinstance(current, ast.Name):
            yield current.id


def _run_inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a statement and runs with it: not what its functions do when they are called."""
    for inner in ast.iter_child_nodes(node):
        yield inner
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _run_inside(inner)


def _imports(node: ast.AST, given: Imported | None = None) -> Iterator[Imported]:
    """Yield the imports that stand anywhere in a statement, in order; `given` says under what conditions they stand."""
    given = given or Imported("", "")
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for item in _imported(node):
            yield replace(given, bound=item.bound, module=item.module, level=item.level, attribute=item.attribute,
                          line=node.lineno)  # fmt: skip
        return
    if isinstance(node, (ast.Try, ast.TryStar)) and any(_catches_missing(node, handler) for handler in node.handlers):
        tried = tuple(item.module for part in node.body for item in _imports(part, given))
        yield from _imports_in(node.body, replace(given, is_optional=True))
        yield from _imports_in(node.handlers, replace(given, instead_of=tried))
        yield from _imports_in([*node.orelse, *node.finalbody], given)
        return
    if isinstance(node, ast.If) and _is_for_checkers(node.test):
        yield from _imports_in(node.body, replace(given, when="checked"))
        yield from _imports_in(node.orelse, given)
        return
    if isinstance(node, ast.If) and _OTHER_SYSTEM.search(ast.unparse(node.test)):
        yield from _imports_in(node.body, replace(given, is_optional=True))
        yield from _imports_in(node.orelse, given)
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and given.when == "loaded":
        given = replace(given, when="called")
    children = ast.iter_child_nodes(node)
    yield from _imports_in([c for c in children if isinstance(c, (ast.stmt, ast.ExceptHandler, ast.match_case))], given)


def _imports_in(nodes: Sequence[ast.AST], given: Imported) -> Iterator[Imported]:
    for node in nodes:
        yield from _imports(node, given)


def _is_for_checkers(test: ast.expr) -> bool:
    return isinstance(test, (ast.Name, ast.Attribute)) and ast.unparse(test).endswith("TYPE_CHECKING")


def _catches_missing(node: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Return whether an import that fails in a `try` ends in this handler, and the code goes on.

    A handler of any error counts where nothing but imports is tried: else it is about what is done with them.
    """
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    names = {ast.unparse(name).rpartition(".")[2] for name in caught}
    is_for_any = not caught or bool(names & {"Exception", "BaseException"})
    is_import_alone = all(isinstance(s, (ast.Import, ast.ImportFrom, ast.Assign)) for s in node.body)
    is_caught = bool(names & _MISSING) or (is_for_any and is_import_alone)
    return is_caught and not any(_ends(statement) for statement in handler.body)


def _ends(statement: ast.stmt) -> bool:
    """Return whether a statement raises, or ends the program."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func) in _EXITS
    return isinstance(statement, ast.Raise)


def _imported(node: ast.AST) -> Iterator[Imported]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Imported(alias.asname or alias.name.partition(".")[0], alias.name)
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        for alias in node.names:
            yield Imported(alias.asname or alias.name, node.module or "", node.level, alias.name)


def _is_setting(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = ast.unparse(node.value.func)
        return any(called == s or (s.endswith(".") and called.startswith(s)) for s in _SETTINGS)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return ast.unparse(node.targets[0]).startswith(("os.environ[", "pd.options.", "matplotlib.rcParams"))
    return False
