"""Reading and setting attributes: fields, methods by resolution order, properties, descriptors, modules."""

from __future__ import annotations

from decompose.graph import rules
from decompose.graph.configured import CONFIGURED, names_under
from decompose.graph.making import is_field
from decompose.graph.objects import (
    BOUND,
    BOX,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    FUNCTION,
    INSTANCE,
    ITERATOR,
    MODULE,
    PROPERTY,
    SUPER,
    TEXT,
    Bound,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    ModuleObject,
    Object,
    Partial,
    Property,
    Super,
    Values,
)
from decompose.graph.stores import Stores

MAX_RELATIVES = 40
"""Classes above and below whose fields an instance of unknown class shares."""
MAX_CHAIN = 5
"""Attributes of attributes of external objects that are told apart by name."""


class Attributes(Stores):
    """Attribute access."""

    def load(self, frame: Frame, base: Values, name: str, pos: int) -> Values:
        """Return `base.name`."""
        if len(base) == 1:
            (item,) = base
            return self.load_from(frame, self.objects[item], name, pos)
        out = EMPTY if base else self._named_in_files(frame, name, EMPTY)
        for item in sorted(base):
            out = self.union(out, self.load_from(frame, self.objects[item], name, pos))
        return self.limited(out)

    def load_from(self, frame: Frame, made: Object, name: str, pos: int) -> Values:
        """Return an attribute of one object."""
        kind = made.kind
        if kind == INSTANCE:
            return self.load_instance(frame, made, name, pos)
        if kind == EXTERNAL:
            return self._named_in_files(frame, name, self.load_external(frame, made, name))
        if kind == EXTERNAL_INSTANCE:
            return self._named_in_files(frame, name, self.load_external_instance(frame, made, name))
        if kind == MODULE:
            return self.load_module(frame, made, name, pos)
        if kind == CLASS:
            return self.load_class(frame, made, name, pos)
        if kind in (BOX, TEXT, ITERATOR):
            return self.load_builtin(frame, made, name)
        if kind == SUPER:
            return self._load_super(frame, made, name, pos)
        if kind == FUNCTION:
            return self._load_function(made, name)
        if kind == BOUND:
            return self._load_bound(made, name)
        if kind == PROPERTY:
            return self.method(made.id, name)
        if isinstance(made, Partial):
            if made.label == CONFIGURED:
                return self.load(frame, self.read(made.functions), name, pos)
            return self._load_partial(made, name)
        return EMPTY

    def _named_in_files(self, frame: Frame, name: str, values: Values) -> Values:
        """Return an attribute of something unknown with what configuration files name under that key."""
        return names_under(self, frame, self.text(name), values) if name in self.config_names else values

    def load_external(self, frame: Frame, made: External, name: str) -> Values:
        """Return a member of an external module, class or function."""
        held = made.fields.get(name)
        if held is not None and held.values:
            return self.read(held)
        if made.name.count(".") >= MAX_CHAIN:
            return made.single
        if made.receiver >= 0:
            return self.external_member(f"{made.name}.{name}", made.receiver)
        return self.external(f"{made.name}.{name}")

    def load_external_instance(self, frame: Frame, made: ExternalInstance, name: str) -> Values:
        """Return an attribute of an external object."""
        if made.type == "?":
            return made.single
        if name in self.accessors:
            classes = self.read(self.accessors[name])
            if self.current is not None:
                return self.invoke(frame, classes, [made.single], {}, 0, ("accessor", name), "protocol:pandas")
        held = made.fields.get(name)
        if held is not None and held.values:
            return self.read(held)
        if made.type.count(".") + made.type.count("(") > MAX_CHAIN + 2:
            return self.external_member(made.type, made.id)
        return self.external_member(f"{made.type}.{name}", made.id)

    # -- classes ----------------------------------------------------------------------------------------------------

    def find(self, cls: Class, name: str, *, after: Class | None = None) -> tuple[Values, Class | None]:
        """Return a class attribute by method resolution order, and the class that has it."""
        started = after is None
        for entry in cls.mro:
            if isinstance(entry, str):
                continue
            if not started:
                started = entry is after
                continue
            cell = entry.fields.get(name)
            if cell is not None and cell.values:
                patch = self.patches.get((entry.id, name)) if self.patches else None
                return self.read(cell if patch is None else patch.cell), entry
        self.read(cls.shape)
        return EMPTY, None

    def external_base(self, cls: Class, *, after: Class | None = None) -> str:
        """Return the first external base in resolution order that could have a member; empty without one."""
        started = after is None
        for entry in cls.mro:
            if isinstance(entry, str):
                if started and entry not in ("builtins.object",):
                    return entry
            elif not started:
                started = entry is after
        return ""

    def load_class(self, frame: Frame, cls: Class, name: str, pos: int) -> Values:
        """Return `Class.name`."""
        found, _ = self.find(cls, name)
        if self.patches and self._precedes(frame, (cls.id, name), pos):
            found = self.read(cls.fields[name])
        if found:
            out = EMPTY
            for item in sorted(found):
                made = self.objects[item]
                if isinstance(made, Property) and made.label in ("classmethod", "staticmethod"):
                    out = self.union(out, self._unwrap(frame, made, cls.id, cls, pos))
                elif made.kind == INSTANCE:
                    got = self.invoke_method(frame, made.single, "__get__", [self.null, cls.single], pos, "property")
                    out = self.union(out, got or made.single)
                else:
                    out = self.union(out, made.single)
            return out
        for item in sorted(cls.metaclass):
            meta = self.objects[item]
            if isinstance(meta, Class):
                found, _ = self.find(meta, name)
                out = EMPTY
                for each in sorted(found):
                    inner = self.objects[each]
                    if inner.kind == FUNCTION:
                        out = self.union(out, self.bound(each, cls.id))
                    elif isinstance(inner, Property):
                        out = self.union(out, self._unwrap(frame, inner, cls.id, cls, pos))
                if out:
                    return out
        if name == "__name__" or name == "__qualname__":
            return self.text(cls.scope.name)
        if name == "__class__":
            return cls.metaclass
        if name == "__subclasses__":
            return self.method(cls.id, name)
        if name in rules.REMOTE_CALLS and any(flag.startswith("@") for flag in cls.flags):
            return self.method(cls.id, name)
        base = self.external_base(cls)
        return self.external_member(f"{base}.{name}", cls.id) if base else EMPTY

    def _unwrap(self, frame: Frame, wrapper: Property, receiver: int, cls: Class, pos: int) -> Values:
        """Return what reading a wrapped class attribute gives."""
        held = self.read(wrapper.getter)
        if wrapper.label == "staticmethod":
            return held
        if wrapper.label == "classmethod":
            out = EMPTY
            for item in sorted(held):
                bindable = self.objects[item].kind == FUNCTION
                out = self.union(out, self.bound(item, cls.id) if bindable else self.objects[item].single)
            return out
        return self.invoke(frame, held, [self.objects[receiver].single], {}, pos, (wrapper.id, pos), "property")

    # -- instances --------------------------------------------------------------------------------------------------

    def load_instance(self, frame: Frame, made: Instance, name: str, pos: int) -> Values:
        """Return an attribute of an instance of an own class."""
        cls = made.cls
        found, owner = self.find(cls, name)
        out = self._bind(frame, found, made, cls, pos) if found else EMPTY
        if made.is_open:
            others = self.overrides(frame, made, name, owner, pos)
            out = self.union(others if others and self.is_only_stated(found) else out, others)
            out = self.union(out, self._open_fields(made, name))
        else:
            out = self.union(out, self.read(self.field(made, name)))
        if out or any(not self._is_stated_field(item) for item in found):
            return out
        if name == "__class__":
            return cls.single
        if name == "__dict__":
            made.written = True
            return self.box("dict", ("attributes", made.id)).single
        if made.written:
            box = self.box("dict", ("attributes", made.id))
            held = self.take(frame, box, name)
            if held:
                return held
        declared = self._declared(cls, name)
        if declared:
            return declared
        getter, _ = self.find(cls, "__getattr__")
        if getter:
            if any(isinstance(c, Class) and name in c.own_fields for c in cls.mro):
                return EMPTY  # its methods set it: it is only not known yet
            return self.invoke_method(frame, made.single, "__getattr__", [self.text(name)], pos, "getattr")
        base = self.external_base(cls)
        return self.external_member(f"{base}.{name}", made.id) if base else EMPTY

    def _bind(self, frame: Frame, found: Values, made: Instance, cls: Class, pos: int) -> Values:
        out = EMPTY
        for item in sorted(found) if len(found) > 1 else found:
            inner = self.objects[item]
            kind = inner.kind
            if kind == FUNCTION:
                out = self.union(out, self.bound(item, made.id))
            elif kind == PROPERTY:
                assert isinstance(inner, Property)
                out = self.union(out, self._unwrap(frame, inner, made.id, cls, pos))
            elif kind == INSTANCE:
                got = self.invoke_method(frame, inner.single, "__get__", [made.single, cls.single], pos, "property")
                out = self.union(out, got or inner.single)
            elif isinstance(inner, Partial):
                out = self.union(out, self._bound_partial(inner, made.id))
            elif self._is_stated_field(item):
                continue
            else:
                out = self.union(out, inner.single)
        return out

    def is_only_stated(self, found: Values) -> bool:
        """Return whether values are abstract methods, which subclasses replace."""
        made = [self.objects[i] for i in found]
        return bool(made) and all(
            isinstance(f, Function) and any(d.endswith("abstractmethod") for d in f.decorated) for f in made
        )

    def _is_stated_field(self, item: int) -> bool:
        """Return whether an object only declares a field (`field(...)`) and is not its value."""
        made = self.objects[item]
        return isinstance(made, ExternalInstance) and is_field(made)

    def _bound_partial(self, inner: Partial, receiver: int) -> Values:
        """Return a cached or wrapped method bound to its receiver."""
        if inner.label in ("functools.partial",):
            return inner.single
        return self.bound(inner.id, receiver)

    def _declared(self, cls: Class, name: str) -> Values:
        """Return what the annotation of a class attribute says."""
        for entry in cls.mro:
            if isinstance(entry, Class) and name in entry.annotated and entry.frame is not None:
                return self.annotated_values(entry.frame, entry.annotated[name][0])
        return EMPTY

    def fitting(self, cls: Class, name: str, values: Values) -> Values:
        """Return values without the instances of own classes that the annotation of a field rules out."""
        if len(values) < 2:
            return values
        kinds, objects = self.kinds, self.objects
        own = {i: objects[i].cls for i in values if kinds[i] == INSTANCE}
        if len(own) < 2 or len(set(own.values())) < 2:
            return values
        declared = {
            made.cls for made in (self.objects[i] for i in self._declared(cls, name)) if isinstance(made, Instance)
        }
        allowed = {cls for cls in own.values() if not declared.isdisjoint(cls.mro)}
        if not allowed:
            return values
        return frozenset(i for i in values if i not in own or own[i] in allowed)

    def _open_fields(self, made: Instance, name: str) -> Values:
        cells = [self.field(made, name)]
        for cls in self.relatives(made.cls):
            items = cls.instances[:4]
            if cls.open >= 0 and cls.open != made.id:
                items.insert(0, cls.open)
            cells += [self.field(self.objects[item], name) for item in items]
        return self.read_all(cells)

    def relatives(self, cls: Class) -> list[Class]:
        """Return a class, its own bases and its subclasses, nearest first; at most `MAX_RELATIVES`."""
        known = self.kin.get(cls.id)
        if known is None:
            found = {entry.id: entry for entry in cls.mro if isinstance(entry, Class)}
            found.update((sub.id, sub) for sub in self.descendants(cls))
            known = self.kin[cls.id] = list(found.values())[:MAX_RELATIVES]
        return known

    def descendants(self, cls: Class) -> list[Class]:
        """Return the own subclasses of a class, direct ones first."""
        known = self.families.get(cls.id)
        if known is not None:
            return known
        found: dict[int, Class] = {}
        waiting = list(cls.subclasses)
        for item in waiting:
            sub = self.objects[item]
            if item not in found and isinstance(sub, Class):
                found[item] = sub
                waiting.extend(sub.subclasses)
        out = self.families[cls.id] = list(found.values())
        return out

    def overrides(self, frame: Frame, made: Instance, name: str, owner: Class | None, pos: int) -> Values:
        """Return what subclasses put in the place of an attribute of their base."""
        out = EMPTY
        for sub in self.descendants(made.cls)[:MAX_RELATIVES]:
            cell = sub.fields.get(name)
            if cell is None or sub is owner:
                continue
            for item in sorted(self.read(cell)):
                inner = self.objects[item]
                receiver = self.objects[next(iter(self.open_instance(sub)))]
                assert isinstance(receiver, Instance)
                out = self.union(out, self._bind(frame, inner.single, receiver, sub, pos))
        return out

    def _load_super(self, frame: Frame, made: Super, name: str, pos: int) -> Values:
        receiver = self.objects[made.receiver]
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if not isinstance(cls, Class):
            return EMPTY
        after = made.cls if made.cls in cls.mro else cls
        found, _ = self.find(cls, name, after=after)
        if found and isinstance(receiver, Instance):
            return self._bind(frame, found, receiver, cls, pos)
        if found:
            out = EMPTY
            for item in sorted(found):
                inner = self.objects[item]
                if isinstance(inner, Property):
                    out = self.union(out, self._unwrap(frame, inner, cls.id, cls, pos))
                elif inner.kind == FUNCTION and name != "__new__":
                    out = self.union(out, self.bound(item, cls.id))
                else:
                    out = self.union(out, inner.single)
            return out
        base = self.external_base(cls, after=after)
        if not base and isinstance(receiver, Class) and made.cls is not cls and made.cls not in cls.mro:
            base = self.external_base(made.cls)
        if not base and name in ("__new__", "__setattr__", "__delattr__", "__getattribute__"):
            base = "builtins.object"
        return self.external_member(f"{base}.{name}", receiver.id) if base else EMPTY

    # -- functions and modules ----------------------------------------------------------------------------------------

    def _load_function(self, made: Function, name: str) -> Values:
        held = self.read(self.field(made, name))
        if held:
            return held
        if name in ("__name__", "__qualname__"):
            return self.text(made.scope.name)
        return self.method(made.id, name)

    def _load_bound(self, made: Bound, name: str) -> Values:
        function = self.objects[made.function]
        if name == "__func__":
            return function.single
        if name == "__self__":
            return self.objects[made.receiver].single
        if name in rules.REMOTE_CALLS:
            return self.method(made.id, name)
        return self._load_function(function, name) if isinstance(function, Function) else EMPTY

    def _load_partial(self, made: Partial, name: str) -> Values:
        if name in ("func", "__wrapped__"):
            return self.read(made.functions)
        return self.method(made.id, name)

    def load_module(self, frame: Frame, made: ModuleObject, name: str, pos: int) -> Values:
        """Return an attribute of a module: its own name, else a submodule, else what `__getattr__` gives."""
        if made.info is not None:
            top = self.ensure_module(made.info)
            if name in top.local_names or name in top.cells:
                cell = top.cells.get(name)
                if cell is None:
                    cell = top.cells[name] = Cell()
                values = self.read(cell)
                place = (made.info.facts.path, name)
                if place in self.patches and not self._precedes(frame, place, pos):
                    values = self.read(self.patches[place].cell)
                if values or not self.modules.exists(f"{made.name}.{name}"):
                    if values or name in top.local_names:
                        return values
            elif name not in ("__getattr__",):
                self.read(top.cells.setdefault("*", Cell()))
        dotted = f"{made.name}.{name}" if made.name else name
        if self.modules.exists(dotted):
            return self.import_module(dotted)
        if name in ("__name__", "__file__", "__path__"):
            return self.text(made.info.facts.path if made.info is not None and name == "__file__" else made.name)
        if made.info is not None and name != "__getattr__":
            getter = self.load_module(frame, made, "__getattr__", pos)
            if getter:
                return self.invoke(frame, getter, [self.text(name)], {}, pos, ("getattr", made.id, name), "getattr")
        return EMPTY
