"""Calls of classes and instances: what making an object runs, special methods, call protocols."""

from __future__ import annotations

from decompose.graph.core import Core
from decompose.graph.inherited import inner_box
from decompose.graph.objects import (
    BOUND,
    CLASS,
    EMPTY,
    FUNCTION,
    HELD,
    INSTANCE,
    PARTIAL,
    Class,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Partial,
    Values,
    place_of,
)

MAX_INSTANCES = 6
"""Sites of a class whose instances are told apart, besides those that decorators make."""
_OTHER_THAN_INSTANCES = frozenset({FUNCTION, BOUND, PARTIAL})
"""What a `__new__` may give back in the place of an instance; such is not initialised."""


class Making(Core):
    """Making instances and calling them."""

    def invoke_method(
        self, frame: Frame, receivers: Values, name: str, positional: list[Values], pos: int, reason: str
    ) -> Values:
        """Call a special method on the own instances among the receivers."""
        out = EMPTY
        for item in sorted(receivers) if len(receivers) > 1 else receivers:
            made = self.objects[item]
            if made.kind != INSTANCE:
                continue
            assert isinstance(made, Instance)
            callees = self.special(frame, made, name, pos)
            if callees:
                result = self.invoke(frame, callees, positional, {}, pos, (name, pos, id(frame)), reason)
                out = self.union(out, result)
                if not out:
                    out = self.text_any if name in ("__str__", "__repr__") else out
        return out

    def special(self, frame: Frame, made: Instance, name: str, pos: int) -> Values:
        """Return a special method of an instance, bound; those of subclasses too where it may be any instance."""
        found, owner = self.find(made.cls, name)
        callees = self.bind_special(found, made) if found else EMPTY
        if found and made.is_open and made.cls.subclasses:
            others = self.overrides(frame, made, name, owner, pos)
            return others if others and self.is_only_stated(found) else self.union(callees, others)
        return callees

    def bind_special(self, found: Values, made: Instance) -> Values:
        """Return special methods bound to an instance."""
        out = EMPTY
        for item in found:
            inner = self.objects[item]
            if isinstance(inner, Function | Partial):
                out = self.union(out, self.bound(item, made.id))
            else:
                out = self.union(out, inner.single)
        return out

    def call_instance(
        self,
        frame: Frame,
        made: Instance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an instance: its `__call__`, or what its library's call protocol runs."""
        found = self.special(frame, made, "__call__", pos)
        found = frozenset(i for i in found if self.objects[i].kind != INSTANCE or not self.is_called_by(i, made))
        if found:
            return self.invoke(frame, found, positional, keywords, pos, site, "operator")
        return self.call_protocol(frame, made, positional, keywords, pos, site)

    def is_called_by(self, item: int, made: Instance) -> bool:
        """Return whether calling an instance leads to another one again: instances that are each other's `__call__`."""
        seen = {made.id}
        waiting = [item]
        for each in waiting:
            inner = self.objects[each]
            if each in seen:
                return True
            seen.add(each)
            if isinstance(inner, Instance):
                waiting += (i for i in self.find(inner.cls, "__call__")[0] if self.objects[i].kind == INSTANCE)
        return False

    def instantiate(
        self,
        frame: Frame,
        cls: Class,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call a class: `__new__`, then `__init__`; return the instance that the site makes."""
        cls.is_constructed = True
        if "enum" in cls.flags:
            return self.enum_members(frame, cls)
        for item in sorted(cls.metaclass):
            meta = self.objects[item]
            if isinstance(meta, Class):
                found, _ = self.find(meta, "__call__")
                if found:
                    given = [cls.single, *positional]
                    bound = self._bound_to(found, cls.id)
                    return self.invoke(frame, bound, given[1:], keywords, pos, site, "metaclass")
        return self.construct(frame, cls, positional, keywords, pos, site)

    def _bound_to(self, found: Values, receiver: int) -> Values:
        out = EMPTY
        for item in found:
            out = self.union(out, self.bound(item, receiver))
        return out

    def construct(
        self,
        frame: Frame,
        cls: Class,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        made = self.instance_at(frame, cls, site).single
        given_back = EMPTY
        creator = frozenset(i for i in self.find(cls, "__new__")[0] if self.objects[i].kind != CLASS)
        if creator:  # a class there is a mistake of the analysis, and may be this one
            created = self.invoke(frame, creator, [cls.single, *positional], keywords, pos, site, "direct")
            own = frozenset(i for i in created if self.kinds[i] == INSTANCE)
            given_back = frozenset(i for i in created if self.kinds[i] in _OTHER_THAN_INSTANCES)
            made = own if own or given_back else made
        initializer, _ = self.find(cls, "__init__")
        if initializer:
            for item in sorted(made):
                receiver = self.objects[item]
                if isinstance(receiver, Instance):
                    bound = self.bind_special(initializer, receiver)
                    self.invoke(frame, bound, positional, keywords, pos, site, "constructor")
            return self.union(made, given_back)
        self._fill_fields(frame, cls, made, positional, keywords, pos)
        for item in made if positional or keywords else ():
            receiver = self.objects[item]
            box = inner_box(self, receiver) if isinstance(receiver, Instance) else None
            if box is not None:
                self._box_method(frame, box, "__init__", positional, keywords, pos, site)
        base = self.construction_base(cls)
        if base:
            for item in made:
                for values in (*positional, *keywords.values()):
                    self.flow(self.field(self.objects[item], HELD), values)
            frame.edges[(f"{base}.__init__", pos, "direct", False)] = None
            self.pass_to_external(frame, f"{base}.__init__", positional, keywords, pos, site)
        if not creator and "made" not in cls.flags:
            frame.edges[(cls, pos, "direct", False)] = None
        return self.union(made, given_back)

    def construction_base(self, cls: Class) -> str:
        """Return the external base whose `__init__` runs, other than built-in and typing ones."""
        for entry in cls.mro:
            if isinstance(entry, str):
                top = entry.partition(".")[0]
                if top not in ("builtins", "typing", "typing_extensions", "abc", "enum", "collections", "dataclasses"):
                    return entry
        return ""

    def _fill_fields(
        self,
        frame: Frame,
        cls: Class,
        made: Values,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
    ) -> None:
        """Set the declared fields of a dataclass, named tuple or settings class from the arguments."""
        names = list(dict.fromkeys(n for e in reversed(cls.mro) if isinstance(e, Class) for n in e.annotated))
        for item in sorted(made):
            receiver = self.objects[item]
            for name, values in [*zip(names, positional, strict=False), *keywords.items()]:
                if name != "**":
                    self.flow(self.field(receiver, name), self.fitting(cls, name, values))
            if isinstance(receiver, Instance):
                receiver.payload = names
                self._fill_defaults(frame, cls, receiver, names[len(positional) :], keywords, pos)
        self._validate(frame, cls, made, pos)
        for hook in ("__post_init__", "__attrs_post_init__", "model_post_init"):
            if self.find(cls, hook)[0]:
                self.invoke_method(frame, made, hook, [], pos, "constructor")

    def _fill_defaults(
        self, frame: Frame, cls: Class, made: Instance, names: list[str], keywords: dict[str, Values], pos: int
    ) -> None:
        """Set the fields that no argument sets, from `field(default=…)` and `field(default_factory=…)`."""
        for name in names:
            if name in keywords:
                continue
            for item in sorted(self.find(cls, name)[0]):
                stated = self.objects[item]
                if isinstance(stated, ExternalInstance) and is_field(stated):
                    factory = stated.keywords.get("default_factory", EMPTY)
                    if factory:
                        values = self.invoke(frame, factory, [], {}, pos, ("factory", pos, name, made.id))
                        self.flow(self.field(made, name), values)
                    default = stated.keywords.get("default", stated.positional[0] if stated.positional else EMPTY)
                    self.flow(self.field(made, name), default)

    def _validate(self, frame: Frame, cls: Class, made: Values, pos: int) -> None:
        """Call the validators of a settings class, which making an instance runs."""
        if "fields" not in cls.flags:
            return
        for entry in cls.mro:
            for function in list(entry.validators) if isinstance(entry, Class) else ():
                site = ("validate", function.scope.name, pos)
                self.invoke(frame, function.single, [made], {}, pos, site, "protocol:pydantic")

    def instance_at(self, frame: Frame, cls: Class, site: object) -> Instance:
        """Return the instance that a site makes of a class."""
        key: object = (place_of(site), frame.context)
        known = cls.by_site.get(key)
        if known is None:
            is_use = self.is_decoration(site) or frame.is_use
            if not is_use and len(cls.by_site) - cls.uses >= MAX_INSTANCES:
                key = "many"
                known = cls.by_site.get(key)
        if known is None:
            new = Instance(cls, key)
            new.is_use = is_use
            cls.uses += is_use
            known = cls.by_site[key] = self.add(new).id
            cls.instances.append(known)
        made = self.objects[known]
        assert isinstance(made, Instance)
        return made


def is_field(made: ExternalInstance) -> bool:
    """Return whether an object is the declaration of a dataclass or settings field."""
    return made.type in ("dataclasses.field()", "pydantic.Field", "pydantic.fields.Field", "attr.ib()", "attrs.field()")
