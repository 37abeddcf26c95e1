"""Definitions and imports: functions with their decorators, classes with their resolution order, modules."""

from __future__ import annotations

from decompose.graph import rules
from decompose.graph.core import Core
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import (
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    FUNCTION,
    USE,
    Box,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Property,
    Text,
    Values,
    place_of,
)
from decompose.graph.walk import statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact

FIELD_BASES = {"typing.NamedTuple", "pydantic.BaseModel", "pydantic.BaseSettings", "pydantic_settings.BaseSettings"}
ENUM_BASES = {"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"}


class Definitions(Core):
    """Runs `def`, `class` and `import`."""

    def make_function(self, frame: Frame, index: int) -> Function:
        """Return the function object of a `def` or `lambda`, its defaults evaluated."""
        function = self.function_object(index, frame)
        if frame.scope.kind == "class" or (frame.cls is not None and function.cls is None):
            function.cls = frame.cls
        for parameter in function.scope.parameters:
            if parameter.default is not None:
                cell = function.defaults.setdefault(parameter.name, Cell())
                self.flow(cell, self.eval(frame, parameter.default))
        return function

    def define(self, frame: Frame, index: int) -> None:
        """Run a `def`: make the function, apply its decorators from the inside out, bind the name."""
        function = self.make_function(frame, index)
        values = function.single
        names: list[str] = []
        for expression, pos in reversed(function.scope.decorators):
            values = self._decorated(frame, expression, values, pos, names)
        function.decorated = list(reversed(names))
        cls = frame.cls if frame.scope.kind == "class" else None
        if cls is not None and function not in cls.validators and any("validator" in name for name in names):
            cls.validators.append(function)
        if any(name in ("pytest.fixture", "pytest_asyncio.fixture") for name in names):
            held = self.fixtures.setdefault(function.scope.name, [])
            if function not in held:
                held.append(function)
        if "hydra.main" in names:
            self.configure(frame, function)
        if any(name.startswith(("click.option", "click.argument")) for name in names):
            self.fill_options(frame, function)
        self.assign_name(frame, function.scope.name, values)

    def _decorated(self, frame: Frame, expression: Node, values: Values, pos: int, names: list[str]) -> Values:
        """Apply the decorator that an expression gives; note its name."""
        if expression[0] == f.CALL:
            self.decorating.add(id(expression))
        decorator = self.eval(frame, expression)
        names.append(self.name_of(decorator, expression))
        return self.decorate(frame, decorator, values, pos, expression)

    def decorate(self, frame: Frame, decorator: Values, values: Values, pos: int, site: object) -> Values:
        """Return what a decorator makes of a function or class; an unknown or external one keeps it callable."""
        if not decorator:
            return values
        out = EMPTY
        for item in sorted(decorator):
            made = self.objects[item]
            if made.kind in (EXTERNAL, EXTERNAL_INSTANCE):
                out = self.union(out, self.decorate_externally(frame, made, values, pos))
                continue
            result = self.invoke(frame, made.single, [values], {}, pos, (USE, site), "decorator")
            out = self.union(out, result)
        return out or values

    def name_of(self, values: Values, expression: Node) -> str:
        """Return the dotted name or symbol of a decorator or base, as written where it is unknown."""
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, External):
                return made.name
            if isinstance(made, ExternalInstance):
                return made.type.replace("()", "")
            if isinstance(made, Class | Function):
                return made.module.symbol(made.scope)
            if isinstance(made, Instance):
                return made.cls.module.symbol(made.cls.scope)
        return dotted_text(expression[2] if expression[0] == f.CALL else expression)

    # -- classes ----------------------------------------------------------------------------------------------------

    def define_class(self, frame: Frame, index: int) -> None:
        """Run a `class` statement."""
        cls = self.class_object(index, frame)
        scope = cls.scope
        body = self._class_frame(cls, frame, index)
        self._set_bases(frame, cls)
        body.env = {}
        self.block(body, scope.body)
        self.flush(body)
        self._collect(cls, body)
        if "__getattr__" in cls.fields:
            cls.own_fields = _fields_set(cls)
        values = cls.single
        names: list[str] = []
        for expression, pos in reversed(scope.decorators):
            values = self._decorated(frame, expression, values, pos, names)
        cls.flags.update(f"@{name}" for name in names)
        if any(n.rpartition(".")[2] in ("dataclass", "define", "attrs", "s", "frozen", "mutable") for n in names):
            cls.flags.add("dataclass")
        self._notify_bases(frame, cls)
        self.assign_name(frame, scope.name, values)

    def _class_frame(self, cls: Class, frame: Frame, index: int) -> Frame:
        key = ("class frame", cls.id)
        known = self.module_frames.get(str(key))
        if known is None:
            known = self.new_frame(index, frame.module, frame)
            known.cls = cls
            known.done = True
            cls.frame = known
            self.module_frames[str(key)] = known
        return known

    def _set_bases(self, frame: Frame, cls: Class) -> None:
        bases: list[int | str] = []
        for expression in cls.scope.bases:
            values = self.eval(frame, expression)
            chosen = self._base_of(values, expression)
            if chosen is not None and chosen not in bases:
                bases.append(chosen)
        for name, expression in cls.scope.keywords:
            values = self.eval(frame, expression)
            if name == "metaclass":
                cls.metaclass = self.union(cls.metaclass, frozenset(i for i in values if self.objects[i].kind == CLASS))
                cls.flags.update("abstract" for i in values if getattr(self.objects[i], "name", "") == "abc.ABCMeta")
        if bases != cls.bases or len(cls.mro) == 1:
            cls.bases = bases
            for base in bases:
                owner = self.objects[base] if isinstance(base, int) else None
                if isinstance(owner, Class):
                    owner.subclasses[cls.id] = None
            self.families.clear()
            self.kin.clear()
            self.linearize(cls)

    def _base_of(self, values: Values, expression: Node) -> int | str | None:
        fallback: str | None = None
        for item in sorted(values):
            made = self.objects[item]
            if made.kind == CLASS:
                return item
            if isinstance(made, External):
                fallback = fallback or made.name
            elif isinstance(made, ExternalInstance):
                fallback = fallback or made.type
        return fallback or (dotted_text(expression) or None if expression[0] in (f.NAME, f.ATTR) else None)

    def linearize(self, cls: Class) -> None:
        """Set a class's method resolution order (C3; declared order where none is consistent), and its subclasses'."""
        for each in self._bases_first(cls):
            self._order(each)

    def _bases_first(self, cls: Class) -> list[Class]:
        """Return a class and all below it, each after its bases (in some order where they inherit in a circle)."""
        out: list[Class] = []
        seen = {cls.id}
        path = [(cls, iter(list(cls.subclasses)))]
        while path:
            _, rest = path[-1]
            sub = next((self.objects[i] for i in rest if i not in seen), None)
            if sub is None:
                out.append(path.pop()[0])
            elif isinstance(sub, Class):
                seen.add(sub.id)
                path.append((sub, iter(list(sub.subclasses))))
        return out[::-1]

    def _order(self, cls: Class) -> None:
        cls.mro = _c3(cls, self)
        self.kin.clear()
        for entry in cls.mro:
            if isinstance(entry, str):
                self.activate(entry)
                if entry in ENUM_BASES:
                    cls.flags.add("enum")
                elif entry in FIELD_BASES or entry.rpartition(".")[2] == "BaseModel":
                    cls.flags.add("fields")
                elif entry == "abc.ABC":
                    cls.flags.add("abstract")
            elif not cls.metaclass and entry.metaclass:
                cls.metaclass = entry.metaclass
        self.touch(cls.shape)

    def activate(self, base: str) -> None:
        """Watch for the external calls that drive objects of a base class."""
        if base not in self.active_bases:
            self.active_bases.add(base)
            for pattern, triggers, _ in rules.OBJECT_HOOKS:
                if rules.matches(base, pattern):
                    self.active_triggers.update(t.rpartition(".")[2] for t in triggers)

    def _collect(self, cls: Class, body: Frame) -> None:
        """Make the names bound in a class body attributes."""
        is_enum = "enum" in cls.flags
        grew = False
        for node in cls.scope.body:
            if node[0] == f.ANN and node[1][0] == f.NAME:
                cls.annotated[node[1][1]] = (node[2], node[3])
        for name, values in body.env.items():
            if is_enum and not name.startswith("_") and not any(self.objects[i].kind in (FUNCTION, 15) for i in values):
                values = self._member(cls, name, values).single
            cell = cls.fields.get(name)
            grew = grew or cell is None
            self.flow(self.field(cls, name), values)
        if grew:
            for each in [cls, *(self.objects[i] for i in cls.subclasses)]:
                if isinstance(each, Class):
                    self.touch(each.shape)

    def make_class(self, frame: Frame, given: list[Values], pos: int, site: object) -> Values:
        """Return the class that `type(name, bases, namespace)` makes."""
        names = [self.objects[i] for i in sorted(given[0])]
        name = next((made.text for made in names if isinstance(made, Text)), "type")
        scope = ScopeFact("class", name, name, 0, pos, f.line_of(pos), [])
        cls = self.intern(("type", place_of(site), frame.context), lambda: Class(scope, 0, frame.module, frame))
        assert isinstance(cls, Class)
        cls.flags.add("made")
        bases: list[int | str] = []
        for box in (self.objects[i] for i in sorted(given[1])):
            for index in range(box.length or 0) if isinstance(box, Box) else ():
                base = self._base_of(self.take(frame, box, index), [f.OPAQUE])
                if base is not None:
                    bases.append(base)
        if bases != cls.bases:
            cls.bases = bases
            self.linearize(cls)
        for box in (self.objects[i] for i in sorted(given[2])):
            if isinstance(box, Box):
                self.flush(frame)
                for key, cell in list(box.fields.items()):
                    if isinstance(key, str):
                        self.flow(self.field(cls, key), self.read(cell))
        return cls.single

    def _member(self, cls: Class, name: str, values: Values) -> Instance:
        key = ("member", name)
        known = cls.by_site.get(key)
        if known is None:
            known = cls.by_site[key] = self.add(Instance(cls, key)).id
            cls.instances.append(known)
        made = self.objects[known]
        assert isinstance(made, Instance)
        self.flow(self.field(made, "value"), values)
        self.flow(self.field(made, "_value_"), values)
        self.flow(self.field(made, "name"), self.text(name))
        return made

    def _notify_bases(self, frame: Frame, cls: Class) -> None:
        """Run what making a class runs: `__init_subclass__` of bases, `__set_name__` of descriptors, metaclasses."""
        pos = cls.scope.pos
        for base in cls.bases:
            owner = self.objects[base] if isinstance(base, int) else None
            if isinstance(owner, Class):
                found, _ = self.find(owner, "__init_subclass__")
                keywords = {n: self.eval(frame, e) for n, e in cls.scope.keywords if n and n != "metaclass"}
                functions = frozenset(i for v in found for i in self._plain(v))
                self.invoke(frame, functions, [cls.single], keywords, pos, ("subclass", cls.id), "class")
        for cell in list(cls.fields.values()):
            for item in sorted(cell.values):
                made = self.objects[item]
                if isinstance(made, Instance) and made.cls is not cls:
                    self.invoke_method(frame, made.single, "__set_name__", [cls.single, EMPTY], pos, "class")
        for item in sorted(cls.metaclass):
            meta = self.objects[item]
            if isinstance(meta, Class) and meta is not cls:
                self.flow(self.made_by.setdefault(meta.id, Cell()), cls.single)
                for hook in ("__new__", "__init__"):
                    found, _ = self.find(meta, hook)
                    given = [meta.single if hook == "__new__" else cls.single, self.text(cls.scope.name)]
                    self.invoke(frame, found, given, {}, pos, (hook, cls.id), "class")

    def _plain(self, item: int) -> Values:
        made = self.objects[item]
        return made.getter.values if isinstance(made, Property) else made.single

    # -- imports ----------------------------------------------------------------------------------------------------

    def ensure_module(self, info: ModuleInfo) -> Frame:
        """Return the frame of a module, run if it was not yet."""
        top = self.module_frames.get(info.facts.path)
        if top is None:
            top = self.new_frame(0, info, None)
            self.module_frames[info.facts.path] = top
            if info.facts.scopes:
                self.run(top)
        return top

    def import_module(self, dotted: str) -> Values:
        """Return the module of a path-derived name; it and the packages above it are run."""
        parts = dotted.split(".")
        for count in range(1, len(parts) + 1):
            info = self.modules.module(".".join(parts[:count]))
            if info is not None:
                self.ensure_module(info)
        return self.module_object(dotted)

    def import_modules(self, frame: Frame, node: Node) -> None:
        """Run `import a.b as c`."""
        for name, alias in node[1]:
            dotted = self.modules.absolute(name, frame.module)
            if dotted is None:
                self.note_import(frame, name, None, node[2])
                self.assign_name(
                    frame, alias or name.partition(".")[0], self.external((alias and name) or name.partition(".")[0])
                )
                continue
            self.note_import(frame, name, dotted, node[2])
            values = self.import_module(dotted)
            if alias is None and "." in name:
                top = dotted[: len(dotted) - len(name) + len(name.partition(".")[0])]
                values = self.module_object(top)
            self.assign_name(frame, alias or name.partition(".")[0], values)

    def import_names(self, frame: Frame, node: Node) -> None:
        """Run `from a import b as c`."""
        _, module, level, names, pos = node
        dotted = (
            self.modules.relative(module, level, frame.module) if level else self.modules.absolute(module, frame.module)
        )
        if dotted is None:
            self._import_external(frame, node)
            return
        values = self.import_module(dotted) if dotted else EMPTY
        info = self.modules.module(dotted)
        self.note_import(frame, module, dotted, pos)
        for name, alias in names:
            if name == "*":
                self.import_all(frame, info)
                continue
            child = f"{dotted}.{name}" if dotted not in ("", "__init__") else name
            found = self.load(frame, values, name, pos) if values else EMPTY
            if not found and self.modules.exists(child):
                found = self.import_module(child)
            if self.modules.exists(child) and (info is None or name not in self.ensure_module(info).local_names):
                self.note_import(frame, child, child, pos)
            self.assign_name(frame, alias or name, found)

    def _import_external(self, frame: Frame, node: Node) -> None:
        _, module, level, names, pos = node
        if level:
            self.note_import(frame, "." * level + module, "", pos)
        else:
            self.note_import(frame, module, None, pos)
        prefix = module or "." * level
        for name, alias in names:
            if name != "*":
                self.assign_name(frame, alias or name, self.external(f"{prefix}.{name}"))
            elif frame.parent is None:
                self.stars[frame.module.facts.path] = prefix

    def import_all(self, frame: Frame, info: ModuleInfo | None) -> None:
        """Bind every public name of a module (those of `__all__` where it has one)."""
        if info is None:
            return
        top = self.ensure_module(info)
        listed = self.exports_of(top)
        names = listed if listed is not None else [n for n in (*top.cells, *top.local_names) if not n.startswith("_")]
        for name in dict.fromkeys(names):
            if name == "*":
                continue
            cell = top.cells.get(name)
            if cell is None and name in top.local_names:
                cell = top.cells[name] = Cell()
            if cell is not None:
                self.assign_name(frame, name, self.read(cell))
            elif self.modules.exists(f"{info.name}.{name}"):
                self.assign_name(frame, name, self.import_module(f"{info.name}.{name}"))
        star = frame.cells.setdefault("*", Cell()) if frame.parent is None else Cell()
        self.touch(star)


def dotted_text(node: Node) -> str:
    """Return a name or attribute chain as written; empty for anything else."""
    if node[0] == f.NAME:
        return str(node[1])
    if node[0] == f.ATTR:
        base = dotted_text(node[1])
        return f"{base}.{node[2]}" if base else ""
    if node[0] == f.CALL:
        return dotted_text(node[2])
    if node[0] == f.SUB:
        return dotted_text(node[1])
    return ""


def _c3(cls: Class, core: Core) -> list[Class | str]:
    rows: list[list[Class | str]] = []
    direct: list[Class | str] = []
    for base in cls.bases:
        owner = core.objects[base] if isinstance(base, int) else base
        if isinstance(owner, Class):
            if owner is cls or cls in owner.mro:
                continue
            rows.append(list(owner.mro))
            direct.append(owner)
        elif isinstance(owner, str):
            rows.append([owner])
            direct.append(owner)
    rows.append(direct)
    out: list[Class | str] = [cls]
    while rows := [row for row in rows if row]:
        head = next((r[0] for r in rows if not any(r[0] in other[1:] for other in rows)), rows[0][0])
        out.append(head)
        rows = [[e for e in row if e is not head and e != head] for row in rows]
    return out


def _fields_set(cls: Class) -> frozenset[str]:
    """Return the names that the methods of a class set on their first parameter."""
    names: set[str] = set()
    for made in cls.module.facts.scopes:
        if made.kind != "function" or not made.parameters or not made.qualname.startswith(f"{cls.scope.qualname}."):
            continue
        receiver = [f.NAME, made.parameters[0].name]
        for node in statements_of(made.body):
            targets = node[1] if node[0] == f.ASSIGN else [node[1]] if node[0] in (f.ANN, f.AUG) else []
            names.update(t[2] for t in targets if t[0] == f.ATTR and t[1] == receiver)
    return frozenset(names)
