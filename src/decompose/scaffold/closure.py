"""Which statements of which modules one process needs: from what it owns, along names and imports."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable

from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of
from decompose.scaffold.copyable import Copyable
from decompose.scaffold.dependencies import imported_roots
from decompose.scaffold.need import Form, Need
from decompose.scaffold.statements import Imported, Statement
from decompose.scaffold.territory import CLIENT, LOADERS, SAVERS, Territory


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
        self._forced: set[str] = set()
        self._overlaid: set[str] = set()
        self._pending: list[tuple[str, int]] = []
        self._live_bodies: dict[str, bool] = {}
        self._registries: set[str] = set()
        """Values (`module:NAME`) that decorators fill as code is imported, the same in every process that imports it."""
        self._copyable = Copyable(territory, self.is_local)
        self._force_bases()

    def is_local(self, symbol: str) -> bool:
        """Return whether the unit runs inside this process."""
        return symbol in self._forced or self.territory.is_local(symbol, self.process)

    def compute(self) -> dict[str, Need]:
        """Return the needs by module name."""
        if self.process == CLIENT:
            self._start_client()
        else:
            self._start_service()
        self._settle()
        self._want_values()
        self._settle()
        for need in list(self.needs.values()):
            self._finish(need)
        self._settle()
        return {name: self.needs[name] for name in sorted(self.needs)}

    # ---- where it starts ----

    def _start_service(self) -> None:
        for module in self.territory.blueprint.startup:
            self.want_whole(module)
        owned = self.territory.service_by_name[self.process].members
        for module in sorted({module_of(symbol) for symbol in owned} & self.territory.modules.keys()):
            if self._is_own(module):
                self.want_whole(module)
        for symbol in owned:
            module, name = module_of(symbol), qualname_of(symbol)
            if module in self.territory.modules and name != MODULE_BODY:
                self.want(module, name)
            elif module in self.territory.modules and self.territory.body_owner(module) == self.process:
                self._want_body(module)
        own_modules = {module_of(symbol) for symbol in owned}
        for edge in self.territory.graph.edges:
            is_ours = (
                module_of(edge.source) in own_modules and self.territory.owner.get(_top(edge.source)) == self.process
            )
            if is_ours and edge.kind in ("call", "inherit") and edge.target in self.territory.units:
                self._want_target(_top(edge.target))

    def _start_client(self) -> None:
        for module in sorted(self.territory.modules):
            remote = [s for s in self.territory.units_of.get(module, ()) if not self.is_local(s)]
            owner = self.territory.body_owner(module)
            is_body_remote = owner is not None and not self.is_local_body(module)
            if not remote and not (is_body_remote and not self.territory.units_of.get(module)):
                continue
            self._overlaid.add(module)
            self.want_module(module, self.territory.modules[module].name)
            if self.territory.text(module) is None:
                continue
            if is_body_remote:
                self._want_interface(module)
            else:
                self._want_body(module)
            for symbol in self.territory.units_of.get(module, ()):
                self.want(module, qualname_of(symbol))

    def _want_values(self) -> None:
        """Have the classes whose instances may arrive in a message, unless they need libraries unused here."""
        if self.process == CLIENT:
            return
        territory = self.territory
        roots = set(imported_roots(self.needs.values(), territory))
        shared = {s for s in territory.shared if s in territory.units and territory.units[s].kind == "class"}
        is_storing = any(
            e.target in LOADERS | SAVERS and self._runs_here(e.source)
            for e in territory.graph.edges
            if e.kind == "call"
        )
        for symbol in sorted(shared | territory.value_classes):
            module = module_of(symbol)
            if module in territory.modules and territory.modules[module].kind != "test":
                needed = {e for e in territory.modules[module].externals if e not in sys.stdlib_module_names}
                is_light = symbol in territory.light_classes or needed <= roots
                is_data = symbol in territory.value_classes and (is_storing or bool(needed & roots))
                if is_light or is_data:
                    self.want(module, qualname_of(symbol))

    def _runs_here(self, symbol: str) -> bool:
        """Return whether code of this unit was carried into the process."""
        top = _top(symbol)
        need = self.needs.get(module_of(top))
        text = self.territory.text(module_of(top)) if need is not None else None
        if need is None or text is None or qualname_of(top) in need.facades:
            return False
        return any(index in need.kept for index in text.binders.get(qualname_of(top), ()))

    def is_local_body(self, module: str) -> bool:
        """Return whether the module's own statements run inside this process."""
        owner = self.territory.body_owner(module)
        if owner is None or owner == self.process:
            return True
        if self.process != CLIENT:
            return False
        return self._is_gateway(owner) or self._serves_live_units(module)

    def _is_gateway(self, service: str) -> bool:
        return self.territory.service_by_name[service].kind == "gateway"

    def _serves_live_units(self, module: str) -> bool:
        """Return whether routes or commands that stay here use a value of their module (`@app.route`): both stay."""
        known = self._live_bodies.get(module)
        if known is None:
            text = self.territory.text(module)
            live = [s for s in self.territory.units_of.get(module, ()) if s in self.territory.live_units]
            indexes = [i for s in live for i in (text.binders.get(qualname_of(s), ()) if text is not None else ())]
            known = self._live_bodies[module] = any(self._needs_value(module, i) for i in indexes)
        return known

    def _needs_value(self, module: str, index: int) -> bool:
        """Return whether a statement uses a value of its module that only the owner of its body can make."""
        text = self.territory.text(module)
        assert text is not None
        binders = [text.statements[i] for name in text.statements[index].uses for i in text.binders.get(name, ())]
        return any(b.kind in ("assign", "compound") and not self._copyable.holds(module, b) for b in binders)

    def _is_own(self, module: str) -> bool:
        units = self.territory.units_of.get(module, ())
        owner = self.territory.body_owner(module)
        return all(self.is_local(symbol) for symbol in units) and owner in (None, self.process)

    def _want_target(self, symbol: str) -> None:
        module = module_of(symbol)
        if module in self.territory.modules and self.territory.modules[module].kind != "test":
            name = qualname_of(symbol)
            if name == MODULE_BODY:
                return
            self.want(module, name)

    # ---- wants ----

    def want_whole(self, module: str) -> None:
        """Carry the module over byte for byte."""
        need = self.want_module(module)
        if need.is_whole:
            return
        need.is_whole = True
        text = self.territory.text(module)
        for statement in text.statements if text is not None else ():
            self._keep(need, statement.index, with_all_imports=True)

    def want_module(self, module: str, import_name: str = "") -> Need:
        """Have the module's file in the process, if only with its docstring; its packages too."""
        need = self.needs.get(module)
        if need is None:
            need = self.needs[module] = Need(self.territory.modules[module])
            text = self.territory.text(module)
            for statement in text.statements if text is not None else ():
                if statement.kind in ("docstring", "future") or statement.is_setting:
                    self._keep(need, statement.index)
        name = import_name or need.module.name
        if name not in need.import_names:
            need.import_names.add(name)
            self._want_packages(name)
        return need

    def want(self, module: str, name: str) -> None:
        """Have one name of the module."""
        need = self.want_module(module)
        text = self.territory.text(module)
        if text is None or name in need.facades or name in need.remote_values:
            return
        symbol = f"{module}:{name}"
        if (
            symbol in self.territory.units
            and not self.is_local(symbol)
            and self.territory.units[symbol].kind != "module"
        ):
            self._want_facade(need, name)
            return
        indexes = text.binders.get(name, ())
        if not indexes:
            self._want_unbound(need, name)
        on_import = [index for index in indexes if text.statements[index].kind != "main"]
        for index in on_import or indexes:
            self._want_binder(need, text.statements[index], name)

    def want_all(self, module: str) -> None:
        """Have every public name of the module."""
        self.want_module(module)
        text = self.territory.text(module)
        for name in sorted(text.binders) if text is not None else ():
            if not name.startswith("_"):
                self.want(module, name)

    def _want_binder(self, need: Need, statement: Statement, name: str) -> None:
        if statement.index in need.kept and (statement.kind != "import" or name in need.names):
            return
        is_ours = need.is_whole or self.is_local_body(need.module.name) or self._is_mixed(need.module.name)
        if (
            statement.kind in ("assign", "compound")
            and not is_ours
            and f"{need.module.name}:{name}" not in self._registries
            and not self._copyable.holds(need.module.name, statement)
        ):
            need.remote_values.add(name)
            return
        if statement.kind == "import":
            need.names.add(name)
        self._keep(need, statement.index, only=name if statement.kind == "import" else "")

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
        is_all_remote = not any(self.is_local(s) for s in self.territory.units_of.get(need.module.name, ()))
        if name in text.globals and is_all_remote and not self.is_local_body(need.module.name):
            need.remote_values.add(name)
            return
        for statement in text.stars:
            for imported in statement.imports:
                found = self.territory.find_module(imported, need.module.name) if imported.bound == "*" else None
                if found is not None and self._offers(found[0].name, name):
                    need.names.add("*")
                    self._keep(need, statement.index, only="*")
                    self.want(found[0].name, name)
                elif imported.bound == "*" and found is None:
                    need.names.add("*")
                    self._keep(need, statement.index, only="*")

    def _offers(self, module: str, name: str) -> bool:
        text = self.territory.text(module)
        return text is not None and (name in text.binders or bool(text.stars))

    def _want_body(self, module: str) -> None:
        need = self.want_module(module)
        text = self.territory.text(module)
        for statement in text.statements if text is not None else ():
            if statement.kind in ("def", "class") and not all(self.is_local(f"{module}:{n}") for n in statement.binds):
                continue
            if statement.kind == "main" and self._runs_at_owner(module, statement):
                continue
            self._keep(need, statement.index, with_all_imports=True)

    def _runs_at_owner(self, module: str, statement: Statement) -> bool:
        """Return whether a program changes values that functions of another service read: it must run beside them."""
        text = self.territory.text(module)
        owner = self.territory.body_owner(module)
        is_elsewhere = self.process == CLIENT and owner is not None and not self._is_gateway(owner)
        return is_elsewhere and text is not None and any(len(text.binders.get(n, ())) > 1 for n in statement.binds)

    def _want_interface(self, module: str) -> None:
        """Have every name that the module of another service offers, for code that stays where the monolith was."""
        need = self.want_module(module)
        text = self.territory.text(module)
        for name in sorted(text.globals - text.binders.keys()) if text is not None else ():
            self.want(module, name)
        for statement in text.statements if text is not None else ():
            if statement.kind == "main":
                asks = self.territory.command_lines & {f"{module}:{name}" for name in statement.uses}
                if all(map(self.is_local, asks)) and not self._needs_value(module, statement.index):
                    self._keep(need, statement.index)
            elif statement.kind in ("assign", "compound"):
                for name in statement.binds:
                    self.want(module, name)
            elif statement.kind == "import":
                self._want_reexports(need, statement)

    def _want_reexports(self, need: Need, statement: Statement) -> None:
        for imported in statement.imports:
            found = self.territory.find_module(imported, need.module.name)
            if found is not None and imported.attribute and imported.bound != "*":
                need.elsewhere[imported.bound] = f"{found[1]}:{imported.attribute}"
            elif found is not None and imported.bound == "*":
                for name in self._public(found[0].name):
                    need.elsewhere.setdefault(name, f"{found[1]}:{name}")
            elif imported.attribute and (inner := self.territory.submodule(imported, need.module.name)):
                need.elsewhere[imported.bound] = f"{inner[1]}:"

    def _public(self, module: str) -> tuple[str, ...]:
        text = self.territory.text(module)
        return tuple(sorted(n for n in (text.binders if text else ()) if not n.startswith("_")))

    # ---- statements ----

    def _keep(self, need: Need, index: int, *, only: str = "", with_all_imports: bool = False) -> None:
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

    def _settle(self) -> None:
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
            self._force_bases_of(f"{need.module.name}:{statement.binds[0]}")
        self._force_decorators(need, statement)
        for name in sorted(statement.uses):
            if name in text.binders or text.stars:
                self.want(need.module.name, name)
        for imported in statement.imports:
            self._want_import(need, imported)

    def _want_effects(self) -> bool:
        """Keep statements that change a value which is kept (`TABLE["a"] = 1`, `parser.add_argument(...)`)."""
        has_grown = False
        for need in list(self.needs.values()):
            text = self.territory.text(need.module.name)
            for statement in text.statements if text is not None else ():
                if statement.index in need.kept or statement.kind not in ("effect", "compound", "assign"):
                    continue
                if any(self._is_kept_value(need, root) for root in statement.roots):
                    self._keep(need, statement.index)
                    has_grown = True
        return has_grown or bool(self._pending)

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
                self._want_attributes(need, imported, module.name)
        elif not imported.attribute or imported.level:
            self._want_packages(self.territory.absolute(imported, importer) + ".x")
        if inner is not None and (found is None or not self._offers_name(found[0].name, imported.attribute)):
            self.want_module(inner[0].name, inner[1])
            self._want_attributes(need, imported, inner[0].name)

    def _offers_name(self, module: str, name: str) -> bool:
        text = self.territory.text(module)
        return text is not None and name in text.binders

    def _want_star(self, need: Need, module: str) -> None:
        if need.is_whole or need.module.path.endswith("__init__.py"):
            self.want_all(module)

    def _want_attributes(self, need: Need, imported: Imported, module: str) -> None:
        """Have the names that are read from an imported module; all of them when the module itself is handed on."""
        text = self.territory.text(need.module.name)
        pairs = [
            p for s in (text.statements if text is not None else ()) for p in s.attributes if p[0] == imported.bound
        ]
        for _, attribute in sorted(set(pairs)):
            self.want(module, attribute)
        if not pairs:
            self.want_all(module)

    def _want_packages(self, import_name: str) -> None:
        parts = import_name.split(".")
        for end in range(1, len(parts)):
            package = ".".join(parts[:end])
            found = self.territory.find_module(Imported(package, package), next(iter(self.territory.modules)))
            if found is not None and found[0].path.endswith("__init__.py"):
                self.want_module(found[0].name, found[1])

    # ---- bases and constants ----

    def _force_bases(self) -> None:
        """Give the process its own definition of classes from which its own classes inherit."""
        for edge in self.territory.graph.edges:
            if edge.kind == "inherit" and edge.source in self.territory.units and self.is_local(_top(edge.source)):
                is_here = self.process == CLIENT or self.territory.owner.get(_top(edge.source)) == self.process
                if is_here:
                    self._force_bases_of(edge.source)

    def _force_bases_of(self, symbol: str) -> None:
        unit = self.territory.units.get(symbol)
        for base in unit.bases if unit is not None else ():
            if base in self.territory.units and base not in self._forced and not self.is_local(base):
                self._forced.add(base)
                self._force_bases_of(base)

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
                    if symbol in self.territory.units and not self.is_local(symbol):
                        self._forced.add(symbol)
                        if module_of(symbol) in self.needs:
                            self.needs[module_of(symbol)].facades.discard(qualname_of(symbol))
                            self.want(module_of(symbol), qualname_of(symbol))
                    if symbol in self.territory.units:
                        self._want_registries(symbol)

    def _want_registries(self, decorator: str) -> None:
        """Have an own copy of what a decorator alone fills, where all that it decorates is imported here."""
        module = module_of(decorator)
        text = self.territory.text(module)
        if text is None or not all(self.is_local(symbol) for symbol in self.territory.decorated.get(decorator, ())):
            return
        uses = {name for i in text.binders.get(qualname_of(decorator), ()) for name in text.statements[i].uses}
        for name in sorted(uses & text.binders.keys()):
            value = f"{module}:{name}"
            if value not in self._registries and self.territory.writers.get(value) == {decorator}:
                self._registries.add(value)
                self.want_module(module).remote_values.discard(name)
                self.want(module, name)

    def _is_mixed(self, module: str) -> bool:
        """Return whether units of the module run in this process beside units that do not: both need its values."""
        owner = self.territory.owner
        units = self.territory.units_of.get(module, ())
        if self.process == CLIENT:
            return any(s not in owner and s not in self.territory.shared for s in units)
        return any(owner.get(s) == self.process for s in units)

    # ---- forms ----

    def _finish(self, need: Need) -> None:
        """Decide how the module is carried over."""
        text = self.territory.text(need.module.name)
        if text is None:
            need.is_whole = True
            need.form = "own" if self._owns_any(need.module.name) else "copy"
            return
        is_left_alone = self.process == CLIENT and need.module.name not in self._overlaid
        has_remote = bool(need.facades or need.remote_values)
        if not need.is_whole and (is_left_alone or (not has_remote and self._nothing_saved(need))):
            self.want_whole(need.module.name)
        if not need.is_whole and need.module.path in self.whole_only and not self._is_pure_facade(need):
            self.want_whole(need.module.name)
            need.facades.clear()
            need.remote_values.clear()
        need.form = self._form(need)

    def _form(self, need: Need) -> Form:
        if need.is_whole:
            return "own" if self._owns_any(need.module.name) else "copy"
        return "facade" if self._is_pure_facade(need) else "split"

    def _owns_any(self, module: str) -> bool:
        return self._is_mixed(module) or self.territory.body_owner(module) == self.process

    def _is_pure_facade(self, need: Need) -> bool:
        text = self.territory.text(need.module.name)
        kinds = {text.statements[i].kind for i in need.kept} if text is not None else set()
        return bool(need.facades or need.remote_values) and kinds <= {"docstring", "future"}

    def _nothing_saved(self, need: Need) -> bool:
        """Return whether the whole file would bring in no further import."""
        text = self.territory.text(need.module.name)
        assert text is not None
        dropped = [s for s in text.statements if s.index not in need.kept]
        if any(
            not self.is_local(f"{need.module.name}:{n}") for s in dropped if s.kind in ("def", "class") for n in s.binds
        ):
            return False
        if any(s.kind in ("effect", "main") for s in dropped) and self.process != CLIENT:
            return False
        partly = [s for s in text.statements if s.index in need.kept and s.kind == "import"]
        if any(item.bound not in need.names for s in partly for item in s.imports):
            return False
        return not any(s.imports for s in dropped) and not any(
            s.kind == "assign" and not self._copyable.holds(need.module.name, s) for s in dropped
        )


def _top(symbol: str) -> str:
    module, _, name = symbol.partition(":")
    return f"{module}:{name.partition('.')[0]}"


def modules_in(needs: Iterable[Need]) -> dict[str, str]:
    """Return the path of each module by every import name under which the process may load it, sorted."""
    return dict(sorted((name, need.module.path) for need in needs for name in need.import_names))
