"""Which statements of which modules one process needs: from what it owns, along names and imports."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from decompose.ir.graph import Module
from decompose.ir.symbols import module_of, qualname_of
from decompose.scaffold.need import Need
from decompose.scaffold.plugged import Change, changes, silent_imports
from decompose.scaffold.residence import Residence
from decompose.scaffold.statements import Imported, Statement
from decompose.scaffold.territory import Territory


class Closure:
    """The needs of one process.

    Args:
        territory: Who has which code.
        process: Name of a service, or `CLIENT`.
        whole_only: Paths of files that must not be split.
    """

    def __init__(self, territory: Territory, process: str, whole_only: frozenset[str] = frozenset()) -> None:
        self.territory = territory
        self.process = process
        self.whole_only = whole_only
        self.needs: dict[str, Need] = {}
        self.residence = Residence(territory, process)
        self.first: list[str] = []
        """Modules that run before all others of the process (`order.py`)."""
        self.renamed: dict[str, dict[str, str]] = {}
        """By import name of a module: top-level names that mean something else to it than to others (`namesakes.py`)."""
        self.aliases: dict[str, str] = {}
        """Further names of modules that the code knows by another one."""
        self.overlaid: set[str] = set()
        """Modules of the client that stand in the place of the monolith's own."""
        self._pending: list[tuple[str, int]] = []
        self._registries: set[str] = set()
        """Values (`module:NAME`) that decorators fill as code is imported, the same in every process that imports it."""

    def want_whole(self, module: str) -> None:
        """Carry the module over byte for byte."""
        need = self.want_module(module)
        if need.is_whole:
            return
        need.is_whole = True
        text = self.territory.text(module)
        for statement in text.statements if text is not None else ():
            self.keep(need, statement.index, with_all_imports=True)

    def want_module(self, module: str, import_name: str = "", *, is_asked: bool = True) -> Need:
        """Have the module's file in the process, if only with its docstring; its packages too.

        Args:
            module: Name of the module.
            import_name: Another name by which it is imported.
            is_asked: Whether carried code imports it by that name.
        """
        need = self.needs.get(module)
        if need is None:
            need = self.needs[module] = Need(self.territory.modules[module])
            text = self.territory.text(module)
            for statement in text.statements if text is not None else ():
                if statement.kind in ("docstring", "future") or statement.is_setting:
                    self.keep(need, statement.index)
        name = import_name or need.module.name
        is_asked = is_asked and bool(import_name)
        if is_asked and name not in need.asked:
            need.asked.add(name)
            self._want_packages(name, is_asked=True)
        if name not in need.import_names:
            need.import_names.add(name)
            self._want_packages(name, is_asked=is_asked)
        return need

    def want(self, module: str, name: str, *, is_inside: bool = False) -> None:
        """Have one name of the module.

        Args:
            module: Name of the module.
            name: What it binds.
            is_inside: Whether code of the module itself uses it, which can only find it in the module.
        """
        need = self.want_module(module)
        text = self.territory.text(module)
        if is_inside:
            need.remote_values.discard(name)
        if text is None or name in need.facades or name in need.remote_values:
            return
        symbol = f"{module}:{name}"
        if (
            symbol in self.territory.units
            and not self.residence.is_local(symbol)
            and self.territory.units[symbol].kind != "module"
        ):
            self._want_facade(need, name)
            return
        indexes = text.binders.get(name, ())
        if not indexes:
            self._want_unbound(need, name)
        on_import = [index for index in indexes if text.statements[index].kind != "main"]
        for index in on_import or indexes:
            self._want_binder(need, text.statements[index], name, is_inside=is_inside)

    def defines(self, symbol: str) -> bool:
        """Return whether the code of a module-level unit was carried into the process, not a facade of it."""
        need = self.needs.get(module_of(symbol))
        text = self.territory.text(module_of(symbol)) if need is not None else None
        if need is None or text is None or qualname_of(symbol) in need.facades:
            return False
        return any(index in need.kept for index in text.binders.get(qualname_of(symbol), ()))

    def want_all(self, module: str) -> None:
        """Have every public name of the module."""
        self.want_module(module)
        text = self.territory.text(module)
        for name in sorted(text.binders) if text is not None else ():
            if not name.startswith("_"):
                self.want(module, name)

    def _want_binder(self, need: Need, statement: Statement, name: str, *, is_inside: bool) -> None:
        if statement.index in need.kept and (statement.kind != "import" or name in need.names):
            return
        is_ours = (
            need.is_whole or self.residence.is_local_body(need.module.name) or self.residence.is_mixed(need.module.name)
        )
        if (
            statement.kind in ("assign", "compound")
            and not is_ours
            and f"{need.module.name}:{name}" not in self._registries
            and not self.residence.copyable.holds(need.module.name, statement, with_libraries=is_inside)
        ):
            need.remote_values.add(name)
            return
        if statement.kind == "import":
            need.names.add(name)
        self.keep(need, statement.index, only=name if statement.kind == "import" else "")

    def _want_facade(self, need: Need, name: str) -> None:
        need.facades.add(name)
        unit = self.territory.units[f"{need.module.name}:{name}"]
        for base in unit.bases:
            if base in self.territory.units and module_of(base) in self.territory.modules:
                module = self.territory.modules[module_of(base)]
                self.want_module(module.name)
                self.want(module.name, qualname_of(base))

    def _want_unbound(self, need: Need, name: str) -> None:
        text = self.territory.text(need.module.name)
        if text is None or hasattr(builtins, name):
            return
        is_all_remote = not any(self.residence.is_local(s) for s in self.territory.units_of.get(need.module.name, ()))
        if name in text.globals and is_all_remote and not self.residence.is_local_body(need.module.name):
            need.remote_values.add(name)
            return
        for statement in text.stars:
            for imported in statement.imports:
                found = self.territory.find_module(imported, need.module.name) if imported.bound == "*" else None
                if found is not None and self._offers(found[0].name, name):
                    need.names.add("*")
                    self.keep(need, statement.index, only="*")
                    self.want(found[0].name, name)
                elif imported.bound == "*" and found is None:
                    need.names.add("*")
                    self.keep(need, statement.index, only="*")

    def _offers(self, module: str, name: str) -> bool:
        text = self.territory.text(module)
        return text is not None and (name in text.binders or bool(text.stars))

    def keep(self, need: Need, index: int, *, only: str = "", with_all_imports: bool = False) -> None:
        """Have one statement of the module, and what it needs."""
        text = self.territory.text(need.module.name)
        if text is None:
            return
        statement = text.statements[index]
        is_new = index not in need.kept
        need.kept.add(index)
        if statement.kind == "import":
            names = {i.bound for i in statement.imports} if with_all_imports else {only} if only else set()
            need.names |= names
            for imported in statement.imports:
                if imported.bound in names:
                    self._want_import(need, imported)
        elif is_new:
            self._pending.append((need.module.name, index))

    def settle(self) -> None:
        """Follow every statement that was kept until nothing new is needed."""
        while True:
            while self._pending:
                module, index = self._pending.pop()
                self._expand(self.needs[module], index)
            if not self._want_effects():
                return

    def _expand(self, need: Need, index: int) -> None:
        text = self.territory.text(need.module.name)
        assert text is not None
        statement = text.statements[index]
        if statement.kind == "class":
            self.residence.force_bases_of(f"{need.module.name}:{statement.binds[0]}")
        self._force_decorators(need, statement)
        for name in sorted(statement.uses):
            if name in text.binders or text.stars:
                self.want(need.module.name, name, is_inside=True)
        for imported in statement.imports:
            self._want_import(need, imported)
        self._want_named(need, statement)

    def _want_named(self, need: Need, statement: Statement) -> None:
        """Have the modules that a statement imports by name: by `import_module`, or all that a package is found to hold."""
        for module in self._imported_by_name(need, statement):
            self.want_module(module, self._named_from(need, self.territory.modules[module]))
            self.want_all(module)

    def _imported_by_name(self, need: Need, statement: Statement) -> Iterator[str]:
        written = {imported.line for imported in statement.imports}
        for line, modules in self.territory.imports_at.get(need.module.name, {}).items():
            if line not in written and statement.line <= line <= statement.end_line:
                yield from modules

    def _named_from(self, need: Need, module: Module) -> str:
        """Return the name by which code that is itself imported by some name comes to a module of the same tree."""
        roots = {name.partition(".")[0] for name in need.import_names}
        known = (name for name in module.import_names if name.partition(".")[0] in roots)
        return next(known, module.name)

    def _want_effects(self) -> bool:
        """Keep statements that change a value which is kept (`TABLE["a"] = 1`, `parser.add_argument(...)`)."""
        has_grown = False
        for need in list(self.needs.values()):
            text = self.territory.text(need.module.name)
            for statement in text.statements if text is not None else ():
                if statement.index in need.kept or statement.kind not in ("effect", "compound", "assign"):
                    continue
                if any(self._is_kept_value(need, root) for root in statement.roots) or self._loads(need, statement):
                    self.keep(need, statement.index)
                    has_grown = True
            has_grown |= self._want_plugged(need)
        return has_grown or bool(self._pending)

    def _want_plugged(self, need: Need) -> bool:
        """Keep imports that nothing names, of modules that change what is kept (a table of plug-ins, a patched class)."""
        has_grown = False
        for found in silent_imports(self.territory, need.module.name):
            if not self._changes_kept(found.module, set()):
                continue
            has_grown |= found.bound not in need.names
            need.kept.add(found.index)
            need.names.add(found.bound)
            plugged = self.want_module(found.module, found.import_name)
            for statement in list(self._changing(found.module)):
                has_grown |= statement.index not in plugged.kept
                self.keep(plugged, statement.index)
        return has_grown

    def _changes_kept(self, module: str, seen: set[str]) -> bool:
        """Return whether loading a module changes what is kept, by itself or by what it imports for that alone."""
        if module in seen:
            return False
        seen.add(module)
        return any(True for _ in self._changing(module)) or any(
            self._changes_kept(inner.module, seen) for inner in silent_imports(self.territory, module)
        )

    def _changing(self, module: str) -> Iterator[Statement]:
        """Yield the statements of a module that change what is kept of others."""
        text = self.territory.text(module)
        for statement in text.statements if text is not None else ():
            is_elsewhere = statement.kind in ("def", "class") and not self.residence.is_local(
                f"{module}:{statement.binds[0]}"
            )
            if not is_elsewhere and any(
                self._is_changed_here(c, module) for c in changes(self.territory, module, statement)
            ):
                yield statement

    def _is_changed_here(self, change: Change, module: str) -> bool:
        if change.library:
            return any(
                imported.bound in need.names and imported.module.partition(".")[0] == change.library
                for need in self.needs.values()
                if (text := self.territory.text(need.module.name)) is not None and need.module.name != module
                for index in need.kept
                for imported in text.statements[index].imports
            )
        owner, name = module_of(change.symbol), qualname_of(change.symbol)
        need = self.needs.get(owner)
        if need is None or owner == module or name in need.remote_values:
            return False
        if change.symbol not in self.territory.units:
            return self._is_kept_value(need, name)
        return self.defines(change.symbol) and (not change.is_call or change.symbol in self.territory.changing)

    def _loads(self, need: Need, statement: Statement) -> bool:
        """Return whether the module's own statements run here, and this one loads plug-ins, by name."""
        name = need.module.name
        if not any(self._imported_by_name(need, statement)) or not self.residence.is_local_body(name):
            return False
        text = self.territory.text(name)
        kinds = {text.statements[i].kind for i in need.kept} if text is not None else set()
        return bool(kinds - {"docstring", "future", "import"})

    def _is_kept_value(self, need: Need, name: str) -> bool:
        text = self.territory.text(need.module.name)
        binders = text.binders.get(name, ()) if text is not None else ()
        return any(i in need.kept and text is not None and text.statements[i].kind == "assign" for i in binders)

    def _want_import(self, need: Need, imported: Imported) -> None:
        importer = need.module.name
        found = self.territory.find_module(imported, importer)
        inner = self.territory.submodule(imported, importer) if imported.attribute else None
        if found is not None:
            module, name = found
            self.want_module(module.name, name)
            if imported.bound == "*":
                self._want_star(need, module.name)
            elif imported.attribute and not (
                inner is not None and not self._offers_name(module.name, imported.attribute)
            ):
                self.want(module.name, imported.attribute)
            elif not imported.attribute:
                self._want_attributes(need, imported, module.name, name)
        elif not imported.attribute or imported.level:
            self._want_packages(self.territory.absolute(imported, importer) + ".x", is_asked=True)
        if inner is not None and (found is None or not self._offers_name(found[0].name, imported.attribute)):
            self.want_module(inner[0].name, inner[1])
            self._want_attributes(need, imported, inner[0].name, inner[1])

    def _offers_name(self, module: str, name: str) -> bool:
        text = self.territory.text(module)
        return text is not None and name in text.binders

    def _want_star(self, need: Need, module: str) -> None:
        if need.is_whole or need.module.path.endswith("__init__.py"):
            self.want_all(module)

    def _want_attributes(self, need: Need, imported: Imported, module: str, import_name: str) -> None:
        """Have the names that are read from an imported module; all of them when the module itself is handed on."""
        text = self.territory.text(need.module.name)
        statements = text.statements if text is not None else ()
        paths = {path for s in statements for root, path in s.attributes if root == imported.bound}
        is_dotted = not imported.attribute and imported.module.startswith(f"{imported.bound}.")
        before = imported.module.split(".")[1:] if is_dotted else []
        for path in sorted(paths):
            parts = path.split(".")
            if parts[: len(before)] == before:
                self._want_path(module, import_name, parts[len(before) :])
        if not paths:
            self.want_all(module)

    def _want_path(self, module: str, import_name: str, path: list[str]) -> None:
        """Have what a dotted name reads from a module: a name of it, or one of a module below it."""
        if not path:
            self.want_all(module)
            return
        text = self.territory.text(module)
        inner = self.territory.find_module(Imported(path[0], f"{import_name}.{path[0]}"), module)
        if inner is None or (text is not None and path[0] in text.binders):
            self.want(module, path[0])
            return
        self.want_module(inner[0].name, inner[1])
        self._want_loading(module, inner[0].name)
        self._want_path(inner[0].name, inner[1], path[1:])

    def _want_loading(self, package: str, inner: str) -> None:
        """Keep an import by which a package loads a module below it: `package.inner` is there for that alone."""
        text = self.territory.text(package)
        for statement in text.statements if text is not None else ():
            for imported in statement.imports if statement.kind == "import" else ():
                found = self.territory.find_module(imported, package)
                if found is not None and found[0].name == inner and imported.bound != "*":
                    self.keep(self.want_module(package), statement.index, only=imported.bound)
                    return

    def _want_packages(self, import_name: str, *, is_asked: bool) -> None:
        parts = import_name.split(".")
        for end in range(1, len(parts)):
            package = ".".join(parts[:end])
            found = self.territory.find_module(Imported(package, package), next(iter(self.territory.modules)))
            if found is not None and found[0].path.endswith("__init__.py"):
                self.want_module(found[0].name, found[1], is_asked=is_asked)

    def _force_decorators(self, need: Need, statement: Statement) -> None:
        """Give the process its own definition of functions that wrap its own code: a wrapper cannot be elsewhere."""
        for node in ast.walk(statement.node) if statement.node is not None else ():
            for decorator in getattr(node, "decorator_list", ()):
                root: ast.expr = decorator
                path: list[str] = []
                while isinstance(root, (ast.Call, ast.Attribute)):
                    path[:0] = [root.attr] if isinstance(root, ast.Attribute) else []
                    root = root.func if isinstance(root, ast.Call) else root.value
                if isinstance(root, ast.Name):
                    symbol = self.territory.symbol_of(need.module.name, root.id, path)
                    if symbol in self.territory.units and not self.residence.is_local(symbol):
                        self.residence.force(symbol)
                        if module_of(symbol) in self.needs:
                            self.needs[module_of(symbol)].facades.discard(qualname_of(symbol))
                            self.want(module_of(symbol), qualname_of(symbol))
                    if symbol in self.territory.units:
                        self._want_registries(symbol)

    def _want_registries(self, decorator: str) -> None:
        """Have an own copy of what a decorator alone fills, where all that it decorates is imported here."""
        module = module_of(decorator)
        text = self.territory.text(module)
        if text is None or not all(
            self.residence.is_local(symbol) for symbol in self.territory.decorated.get(decorator, ())
        ):
            return
        uses = {name for i in text.binders.get(qualname_of(decorator), ()) for name in text.statements[i].uses}
        for name in sorted(uses & text.binders.keys()):
            value = f"{module}:{name}"
            if value not in self._registries and self.territory.writers.get(value) == {decorator}:
                self._registries.add(value)
                self.want_module(module).remote_values.discard(name)
                self.want(module, name)
