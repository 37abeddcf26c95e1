"""Which assignments of a module give the same value in every process, so that each may evaluate them for itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

from decompose.scaffold.statements import Statement
from decompose.scaffold.territory import Territory

_FUNCTIONS = frozenset({
    "Path", "pathlib.Path", "os.path.join", "os.path.dirname", "os.path.abspath", "os.path.realpath",
    "os.path.expanduser", "os.environ.get", "os.getenv", "os.getcwd", "Path.cwd", "logging.getLogger", "re.compile",
    "namedtuple", "NamedTuple", "collections.namedtuple", "TypeVar", "typing.TypeVar", "NewType", "dict", "list",
    "tuple", "set", "frozenset", "str", "int", "float", "bool", "bytes", "range", "sorted", "len", "Decimal",
    "timedelta", "datetime.timedelta", "date", "datetime.date", "min", "max", "sum", "round", "abs",
})  # fmt: skip
_METHODS = frozenset({
    "resolve", "absolute", "joinpath", "with_suffix", "format", "join", "split", "strip", "lower", "upper",
    "items", "keys", "values", "get", "parent",
})  # fmt: skip


class Copyable:
    """Decides over the statements of a system, for one process.

    Args:
        territory: Who has which code.
        is_local: Whether a unit, by symbol, runs inside the process.
    """

    def __init__(self, territory: Territory, is_local: Callable[[str], bool]) -> None:
        self._territory = territory
        self._is_local = is_local

    def holds(
        self,
        module: str,
        statement: Statement,
        seen: frozenset[str] = frozenset(),
        *,
        with_libraries: bool = False,
    ) -> bool:
        """Return whether evaluating the statement here gives what it gives at its owner, without doing anything else.

        Args:
            module: The statement's module.
            statement: An assignment; any other statement is not copyable.
            seen: Names of the module that are being decided already.
            with_libraries: Whether it may name constants and classes of libraries (`(np.ndarray, torch.Tensor)`), which
                the process then has to import.
        """
        mutated = self._territory.mutated
        if statement.kind != "assign" or any(f"{module}:{name}" in mutated for name in statement.binds):
            return False
        node = statement.node
        if node is None or not all(self._is_pure(module, c) for c in ast.walk(node) if isinstance(c, ast.Call)):
            return False
        called = {_root(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
        text = self._territory.text(module)
        for name in statement.uses - set(statement.binds) - seen:
            may_be_library = with_libraries and name not in called
            for index in text.binders.get(name, ()) if text is not None else ():
                assert text is not None
                binder, known = text.statements[index], seen | set(statement.binds)
                if binder.kind == "import" and may_be_library:
                    continue
                if not self._name_holds(module, binder, name, known, with_libraries=with_libraries):
                    return False
        return True

    def _name_holds(
        self, module: str, binder: Statement, name: str, seen: frozenset[str], *, with_libraries: bool
    ) -> bool:
        if binder.kind == "import":
            items = [item for item in binder.imports if item.bound == name]
            return all(
                self._territory.find_module(item, module) is not None
                or item.module.partition(".")[0] in sys.stdlib_module_names
                for item in items
            )
        if binder.kind == "assign":
            return self.holds(module, binder, seen, with_libraries=with_libraries)
        return binder.kind == "class" and self._is_local(f"{module}:{name}")

    def _is_pure(self, module: str, call: ast.Call) -> bool:
        called = ast.unparse(call.func)
        if called in _FUNCTIONS or f"{module}:{called}" in self._territory.value_classes:
            return True
        return isinstance(call.func, ast.Attribute) and called.rpartition(".")[2] in _METHODS


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
