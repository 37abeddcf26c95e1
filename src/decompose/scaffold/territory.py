"""Who has which code: owners, shared units, and classes whose instances cross by value."""

from __future__ import annotations

import ast
import builtins
import posixpath
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from decompose.ir.applications import only_building
from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of, top_level_of
from decompose.knowledge.distributions import own_names, stated_lines
from decompose.scaffold.statements import Imported, ModuleText, Statement, chain, read_module

CLIENT = "client"
"""Name of the process that stands where the monolith stood: its tests, scripts and prototypes."""

_VALUE_FLAGS = frozenset({"dataclass", "namedtuple", "pydantic"})
_TYPE_FLAGS = frozenset({"enum", "exception", "protocol"})
_ESTIMATOR_BASES = ("sklearn.base.", "sklearn.utils.")
_LIGHT_LIBRARIES = frozenset(
    {"pydantic", "pydantic_settings", "attr", "attrs", "dataclasses_json", "typing_extensions"}
)
SAVERS = frozenset({
    "external:joblib.dump", "external:pickle.dump", "external:pickle.dumps", "external:dill.dump",
    "external:dill.dumps", "external:cloudpickle.dump", "external:cloudpickle.dumps", "external:torch.save",
    "external:pandas.to_pickle",
})  # fmt: skip
LOADERS = frozenset({
    "external:joblib.load", "external:pickle.load", "external:pickle.loads", "external:dill.load",
    "external:dill.loads", "external:cloudpickle.load", "external:cloudpickle.loads", "external:torch.load",
    "external:pandas.read_pickle", "external:mlflow.pyfunc.load_model", "external:mlflow.sklearn.load_model",
})  # fmt: skip
"""Functions that, as `SAVERS`, need the definition of whatever class is saved."""
_ASKS = frozenset({("reads_ambient", "argv"), ("reads_ambient", "stdin")})
_PARSERS = ("external:argparse.", "external:optparse.", "external:getopt.", "external:docopt.", "external:absl.app.")
"""Effects and calls of what reads the command line or the terminal of the process it runs in."""
_LIVE_ENTRIES = frozenset({"cli", "route", "page", "task", "flow", "hook"})


class Territory:
    """Look-ups over blueprint, graph and sources that every part of the generator shares.

    Args:
        blueprint: What becomes a service.
        graph: The graph that it was made for.
        sources: Content of the analysed files by path.
    """

    def __init__(self, blueprint: Blueprint, graph: CodeGraph, sources: Mapping[str, bytes]) -> None:
        self.blueprint = blueprint
        self.graph = graph
        self.sources = sources
        self.service_by_name = {service.name: service for service in blueprint.services}
        self.owner = {member: service.name for service in blueprint.services for member in service.members}
        self.shared = frozenset(blueprint.shared)
        self.modules = {module.name: module for module in graph.modules if module.path in sources}
        self.units = {unit.symbol: unit for unit in graph.units}
        self._modules_by_import: dict[str, list[Module]] = {}
        for module in self.modules.values():
            for name in module.import_names or (module.name,):
                self._modules_by_import.setdefault(name, []).append(module)
        self._texts: dict[str, ModuleText | None] = {}

    def text(self, module: str) -> ModuleText | None:
        """Return the statements of a module, `None` when it cannot be parsed (or is a notebook)."""
        if module not in self._texts:
            record = self.modules[module]
            is_python = record.path.endswith((".py", ".pyw"))
            self._texts[module] = read_module(self.sources[record.path]) if is_python else None
        return self._texts[module]

    def service_of(self, symbol: str) -> ServiceBlueprint | None:
        """Return the service that owns a unit, `None` for shared, offline and dead code."""
        name = self.owner.get(symbol)
        return self.service_by_name[name] if name is not None else None

    def is_local(self, symbol: str, process: str) -> bool:
        """Return whether the unit runs inside the process: its own, shared, a value class, or nobody's.

        Args:
            symbol: A module-level unit.
            process: Name of a service, or `CLIENT`.
        """
        owner = self.owner.get(symbol)
        if owner is None or owner == process or symbol in self.shared:
            return True
        if symbol in self.value_classes or symbol in self.wrappers:
            return True
        if process != CLIENT:
            return False
        return symbol in self.live_units or self.service_by_name[owner].kind == "gateway"

    def body_owner(self, module: str) -> str | None:
        """Return the service that runs the module's own statements: the one named, or the one that has all units."""
        named = self.owner.get(f"{module}:{MODULE_BODY}")
        if named is not None or f"{module}:{MODULE_BODY}" in self.shared:
            return named
        owners = {self.owner.get(symbol, "") for symbol in self.units_of.get(module, ())}
        return next(iter(owners)) or None if len(owners) == 1 else None

    def find_module(self, imported: Imported, importer: str) -> tuple[Module, str] | None:
        """Return the module of the tree that an import loads and its import name, `None` for libraries.

        Of several with that name, one that has what is taken from it, then the nearest.
        """
        name = self.absolute(imported, importer)
        found = self._modules_by_import.get(name)
        if not found:
            return None
        here = posixpath.dirname(self.modules[importer].path)
        taken = imported.attribute if len(found) > 1 else ""

        def rank(module: Module) -> tuple[bool, int, bool, str]:
            distance = _distance(_root_of(module.path, name), here)
            return bool(taken) and not self._may_have(module, taken), distance, module.name != name, module.path

        return min(found, key=rank), name

    def _may_have(self, module: Module, name: str) -> bool:
        """Return whether a module binds a name, or is a package with a module of that name."""
        text = self.text(module.name)
        folder, _, file = module.path.rpartition("/")
        beside = {f"{folder}/{name}.py", f"{folder}/{name}/__init__.py"} & self.sources.keys()
        if text is None or name.startswith("*") or (file == "__init__.py" and beside):
            return True
        binds = {bound for statement in text.statements for bound in statement.binds}
        return not binds.isdisjoint((name, "*", "__getattr__")) or any(
            imported.attribute.startswith("*") for statement in text.statements for imported in statement.imports
        )

    def modules_named(self, import_name: str) -> tuple[str, ...]:
        """Return every module of the tree that some import may mean by the dotted name."""
        return tuple(module.name for module in self._modules_by_import.get(import_name, ()))

    def submodule(self, imported: Imported, importer: str) -> tuple[Module, str] | None:
        """Return the module that `from package import name` may load as a submodule."""
        base = self.absolute(imported, importer)
        name = f"{base}.{imported.attribute}" if base else imported.attribute
        return self.find_module(Imported(imported.bound, name), importer)

    def absolute(self, imported: Imported, importer: str) -> str:
        """Return the dotted name of the imported module, with leading dots resolved."""
        if not imported.level:
            return imported.module
        package = importer.split(".")
        if not self.modules[importer].path.endswith("__init__.py"):
            package = package[:-1]
        package = package[: len(package) - imported.level + 1]
        return ".".join([*package, imported.module] if imported.module else package)

    def symbol_of(self, module: str, name: str, path: Sequence[str] = ()) -> str:
        """Return the unit that a name of a module stands for; empty when that is none of the tree's.

        Args:
            module: Module in which the name stands.
            name: A name that the module binds.
            path: Attributes read from it, when it is an imported module.
        """
        if f"{module}:{name}" in self.units:
            return f"{module}:{name}"
        text = self.text(module) if module in self.modules else None
        for index in text.binders.get(name, ()) if text is not None else ():
            assert text is not None
            for imported in text.statements[index].imports:
                found = self.find_module(imported, module) if imported.bound == name else None
                if found is not None:
                    return f"{found[0].name}:{imported.attribute or (path[0] if path else '')}"
        return ""

    def class_named(self, name: str, module: str) -> str:
        """Return the symbol of the own class that a type name stands for in a module; empty when it is none."""
        if ":" in name:
            symbol = name
        else:
            first, *path = name.split(".")
            symbol = self.symbol_of(module, first, path) or f"{name.rpartition('.')[0]}:{name.rpartition('.')[2]}"
        return symbol if symbol in self.units and self.units[symbol].kind == "class" else ""

    def is_package_folder(self, name: str) -> bool:
        """Return whether modules of the tree stand below the dotted name."""
        return any(known.startswith(name + ".") for known in self._modules_by_import)

    def is_module(self, name: str) -> bool:
        """Return whether a file of the tree is imported by the dotted name."""
        return name in self._modules_by_import

    @cached_property
    def requirement_lines(self) -> dict[str, str]:
        """Requirement lines of the monolith by distribution."""
        return stated_lines(self.graph.requirements, self.graph.distributions)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Top-level names that the tree provides, whoever means what by them."""
        paths = (module.path for module in self.graph.modules)
        return own_names(paths, self.graph.distributions, self.graph.package)

    @cached_property
    def only_building(self) -> frozenset[str]:
        """Scripts that make a web application and let it answer nobody."""
        return only_building(self.graph)

    @cached_property
    def units_of(self) -> dict[str, tuple[str, ...]]:
        """Symbols of the functions and classes at module level, by module."""
        found: dict[str, list[str]] = {}
        for unit in self.graph.units:
            name = qualname_of(unit.symbol)
            if name != MODULE_BODY and "." not in name and unit.kind in ("function", "class"):
                found.setdefault(unit.module, []).append(unit.symbol)
        return {module: tuple(symbols) for module, symbols in found.items()}

    @cached_property
    def programs(self) -> frozenset[str]:
        """Modules that work as soon as they are imported and that no other module imports: they are run, not loaded.

        A command of another module runs them, and values of its reach them: neither imports them.
        """
        imported = {
            module_of(e.target)
            for e in self.graph.edges
            if e.kind != "value"
            and module_of(e.source) != module_of(e.target)
            and not (e.kind == "call" and qualname_of(e.target) == MODULE_BODY)
        }
        return frozenset(
            name
            for name, module in self.modules.items()
            if module.kind == "script" and name not in imported and self._works(name)
        )

    def _works(self, module: str) -> bool:
        text = self.text(module)
        return text is not None and any(
            (s.kind in ("effect", "compound") and not s.is_setting and not (s.imports and s.kind == "compound"))
            or (s.kind == "assign" and ("sys", "argv") in s.attributes)
            for s in text.statements
        )

    @cached_property
    def live_units(self) -> frozenset[str]:
        """Module-level units that belong where somebody starts the system.

        A framework holds on to them (routes, pages, commands): callers need the object itself. Or they are a command line,
        and what they parse, print and answer to is that of the process which was started.
        """
        live = {u.symbol for u in self.graph.units if u.entry is not None and u.entry.kind in _LIVE_ENTRIES}
        stateful = {
            top_level_of(edge.source)
            for edge in self.graph.edges
            if edge.kind in ("state_read", "state_write") and edge.target.removeprefix("state:") in self.mutated
        }
        return frozenset(top_level_of(symbol) for symbol in live) | (self.command_lines - stateful)

    @cached_property
    def command_lines(self) -> frozenset[str]:
        """Functions that the program of their module reaches there, and that read the command line or the terminal."""
        asks = {u.symbol for u in self.graph.units for e in u.effects if (e.kind, e.subject) in _ASKS}
        calls: dict[str, set[str]] = {}
        for edge in self.graph.edges:
            if edge.kind == "call" and edge.target.startswith(_PARSERS):
                asks.add(edge.source)
            elif edge.kind == "call" and module_of(edge.source) == module_of(edge.target):
                calls.setdefault(edge.source, set()).add(edge.target)
        reached: set[str] = set()
        pending = [
            u.symbol for u in self.graph.units if "main_block" in u.flags and qualname_of(u.symbol) == MODULE_BODY
        ]
        while pending:
            for symbol in calls.get(pending.pop(), set()) - reached:
                reached.add(symbol)
                pending.append(symbol)
        return frozenset(s for s in reached & asks if self.units[s].kind == "function" and s == top_level_of(s))

    @cached_property
    def wrappers(self) -> frozenset[str]:
        """Functions that decorate others: what they return must be a function of the same process."""
        named = {name for unit in self.graph.units for name in unit.decorators}
        return frozenset(n for n in named if n in self.units and self.units[n].kind == "function")

    @cached_property
    def handed_functions(self) -> frozenset[str]:
        """Functions that some code names without calling them there: they may be part of what is sent."""
        found: set[str] = set()
        for module in self.modules:
            text = self.text(module)
            for statement in text.statements if text is not None else ():
                found.update(self.symbol_of(module, root, path) for root, path in _named_only(statement.node))
        return frozenset(s for s in found if s in self.units and self.units[s].kind == "function")

    @cached_property
    def calls(self) -> dict[str, set[str]]:
        """Module-level units that each module-level unit calls or inherits from."""
        found: dict[str, set[str]] = {}
        for edge in self.graph.edges:
            if edge.kind in ("call", "inherit") and edge.target in self.units:
                found.setdefault(top_level_of(edge.source), set()).add(top_level_of(edge.target))
        return found

    @cached_property
    def mutated(self) -> frozenset[str]:
        """Module-level names (`module:NAME`) that something changes after import."""
        return frozenset(s.symbol.partition(":")[2] for s in self.graph.states if s.is_mutated)

    @cached_property
    def writers(self) -> dict[str, set[str]]:
        """Module-level units that change each module-level value (`module:NAME`)."""
        found: dict[str, set[str]] = {}
        for edge in self.graph.edges:
            if edge.kind == "state_write":
                found.setdefault(edge.target.removeprefix("state:"), set()).add(top_level_of(edge.source))
        return found

    @cached_property
    def changing(self) -> frozenset[str]:
        """Module-level units that change some module-level value."""
        return frozenset(symbol for symbols in self.writers.values() for symbol in symbols)

    @cached_property
    def decorated(self) -> dict[str, set[str]]:
        """Module-level units that each module-level function decorates, or something inside of which it does."""
        found: dict[str, set[str]] = {}
        for unit in self.graph.units:
            for name in unit.decorators:
                found.setdefault(top_level_of(name), set()).add(top_level_of(unit.symbol))
        return found

    @cached_property
    def imports_at(self) -> dict[str, dict[int, tuple[str, ...]]]:
        """Own modules that the analysis saw imported, by module and line: by statement, or by name (`import_module`)."""
        found: dict[str, dict[int, tuple[str, ...]]] = {}
        for edge in self.graph.edges:
            for site in edge.sites if edge.kind == "import" and edge.target in self.modules else ():
                lines = found.setdefault(edge.source, {})
                lines[site.line] = (*lines.get(site.line, ()), edge.target)
        return found

    @cached_property
    def value_classes(self) -> frozenset[str]:
        """Classes whose definition stands on both sides, so that instances cross by their state."""
        found: set[str] = set()
        candidates = [u for u in self.graph.units if u.kind == "class" and "." not in qualname_of(u.symbol)]
        while True:
            more = {u.symbol for u in candidates if u.symbol not in found and self._is_value_class(u, found)}
            if not more:
                return frozenset(found)
            found |= more

    @cached_property
    def stored_classes(self) -> frozenset[str]:
        """Own classes whose instances are saved and loaded again: both sides need the definition."""
        savers = {e.source for e in self.graph.edges if e.kind == "call" and e.target in SAVERS} | SAVERS
        flows = [e for e in self.graph.edges if e.kind == "value" and e.target in savers]
        named = {guess.type for edge in flows for guess in edge.types} | {edge.source for edge in flows}
        return frozenset(
            n for n in named if n in self.units and self.units[n].kind == "class" and "." not in qualname_of(n)
        )

    @cached_property
    def light_classes(self) -> frozenset[str]:
        """Value classes that need the standard library alone."""
        known = set(self.value_classes)
        return frozenset(symbol for symbol in known if self._is_light(self.units[symbol], known))

    def _is_value_class(self, unit: Unit, known: set[str]) -> bool:
        flags = set(unit.flags)
        if flags & _TYPE_FLAGS or any(base in known and self._has_type_flag(base) for base in unit.bases):
            return True
        if unit.symbol in self.stored_classes or any(base.startswith(_ESTIMATOR_BASES) for base in unit.bases):
            return True
        is_marked = bool(flags & _VALUE_FLAGS) or any(base in known for base in unit.bases)
        return is_marked and self._is_light(unit, known)

    def _has_type_flag(self, symbol: str) -> bool:
        return bool(set(self.units[symbol].flags) & _TYPE_FLAGS)

    def _is_light(self, unit: Unit, known: set[str]) -> bool:
        """Return whether the class needs nothing but the standard library and other value classes to do its work."""
        text = self.text(unit.module) if unit.module in self.modules else None
        statement = self._class_statement(unit, text)
        if text is None or statement is None:
            return False
        local = _names_inside(statement)
        pending, seen = set(statement.uses), set[str]()
        while pending:
            name = pending.pop()
            if name in seen or name in local or hasattr(builtins, name):
                continue
            seen.add(name)
            for index in text.binders.get(name, ()):
                binder = text.statements[index]
                if binder is statement or self._is_light_binder(unit.module, binder, name, known):
                    pending |= binder.uses if binder.kind == "assign" else set()
                    continue
                return False
        return True

    def _is_light_binder(self, module: str, binder: Statement, name: str, known: set[str]) -> bool:
        if binder.kind in ("def", "class"):
            symbol = f"{module}:{name}"
            return symbol in known or symbol in self.shared
        if binder.kind == "assign":
            return f"{module}:{name}" not in self.mutated
        return all(self._is_light_import(item, module, known) for item in binder.imports if item.bound == name)

    def _is_light_import(self, imported: Imported, module: str, known: set[str]) -> bool:
        found = self.find_module(imported, module)
        if found is not None:
            symbol = f"{found[0].name}:{imported.attribute}"
            return symbol in known or symbol in self.shared or symbol not in self.units
        root = imported.module.partition(".")[0]
        return not imported.level and (root in sys.stdlib_module_names or root in _LIGHT_LIBRARIES)

    def _class_statement(self, unit: Unit, text: ModuleText | None) -> Statement | None:
        name = qualname_of(unit.symbol)
        indexes = text.binders.get(name, ()) if text is not None else ()
        found = [text.statements[i] for i in indexes if text is not None]
        return next((s for s in found if isinstance(s.node, ast.ClassDef)), None)


def _root_of(path: str, name: str) -> str:
    """Return the folder from which a module's path is imported as `name`."""
    stem = path.removesuffix(".py").removesuffix("/__init__")
    return "/".join(stem.split("/")[: -(name.count(".") + 1)])


def _distance(root: str, here: str) -> int:
    """Return how far a folder is above another one; more than any depth when it is not."""
    if root and root != here and not here.startswith(f"{root}/"):
        return 1 << 16
    return len(here.split("/")) - len(root.split("/")) if root else len(here.split("/")) + 1 if here else 0


def _named_only(node: ast.AST | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield dotted names, each as its first part and the rest, that are neither called nor decorate."""
    every = list(ast.walk(node)) if node is not None else []
    used = {id(n.func) for n in every if isinstance(n, ast.Call)}
    used |= {id(d) for n in every for d in getattr(n, "decorator_list", ())}
    for item in every:
        root, path = chain(item)
        if id(item) not in used and isinstance(root, ast.Name) and isinstance(root.ctx, ast.Load):
            yield root.id, path


def _names_inside(statement: Statement) -> set[str]:
    """Return names that the class itself binds: parameters, locals, methods, fields."""
    names: set[str] = set()
    for node in ast.walk(statement.node) if statement.node is not None else ():
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
    return names
