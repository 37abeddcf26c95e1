"""Calls: binding arguments, choosing the frame, making instances."""

from __future__ import annotations

from typing import Any

from decompose.graph.configured import CONFIGURED, call_possibly
from decompose.graph.core import Core
from decompose.graph.inherited import inner_box
from decompose.graph.objects import (
    ANY,
    BOUND,
    CLASS,
    EMPTY,
    FUNCTION,
    INSTANCE,
    Bound,
    Box,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Method,
    Partial,
    Property,
    Text,
    Values,
)
from decompose.ir import facts as f

REGISTERED = "\0registered"
MAX_CONTEXTS = 8
"""Call sites of a small function that are told apart."""
MAX_FACTORY_CONTEXTS = 20_000
"""Uses of a decorator, or of a function that gives back a function of its own, that are told apart."""
MAX_CONTEXTS_A_SCOPE = 400
"""Contexts of one piece of code other than as a decorator: a factory in a factory has its own in each of the outer one's,
and factories that call each other would go on for ever."""
MAX_CONTEXT_DEPTH = 3
MAX_INSTANCES = 6
"""Sites of a class whose instances are told apart."""


class Calls(Core):
    """Call semantics for own code."""

    def invoke(
        self,
        frame: Frame,
        callees: Values,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
        reason: str = "direct",
        *,
        is_possible: bool = False,
    ) -> Values:
        """Call everything that a callee may be; return what may come back."""
        out = EMPTY
        for item in sorted(callees) if len(callees) > 1 else callees:
            made = self.objects[item]
            match made:
                case Function():
                    result = self.call_function(
                        frame, made, positional, keywords, pos, site, reason, is_possible=is_possible
                    )
                case Bound():
                    function = self.objects[made.function]
                    receiver = self.objects[made.receiver]
                    found = "method" if reason == "direct" else reason
                    doubt = is_possible or (isinstance(receiver, Instance) and receiver.is_open)
                    if isinstance(function, Function):
                        given = [receiver.single, *positional]
                        result = self.call_function(
                            frame, function, given, keywords, pos, site, found, is_possible=doubt
                        )
                    else:
                        result = self.invoke(
                            frame, function.single, [receiver.single, *positional], keywords, pos, site, found
                        )
                case Class():
                    result = self.instantiate(frame, made, positional, keywords, pos, site)
                case External():
                    result = self.call_external(frame, made, positional, keywords, pos, site)
                case ExternalInstance():
                    result = self.call_external_instance(frame, made, positional, keywords, pos, site)
                case Instance():
                    result = self.call_instance(frame, made, positional, keywords, pos, site)
                case Partial():
                    result = self.call_partial(frame, made, positional, keywords, pos, site, reason)
                case Method():
                    result = self.call_builtin_method(frame, made, positional, keywords, pos, site)
                case Property():
                    result = self.invoke(frame, self.read(made.getter), positional, keywords, pos, site, reason)
                case _:
                    result = EMPTY
            out = self.union(out, result)
        return out

    # -- functions --------------------------------------------------------------------------------------------------

    def call_function(
        self,
        frame: Frame,
        function: Function,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
        reason: str,
        *,
        is_possible: bool = False,
    ) -> Values:
        """Call an own function; return its result, or the generator that it makes."""
        frame.edges[(function, pos, reason, is_possible)] = None
        if frame.dirty:
            self.flush(frame)
        self.publish_pending(frame)
        target = self.frame_of(
            function, site if positional or keywords or function.is_factory else None, frame, reason == "decorator"
        )
        self.bind_arguments(frame, target, positional, keywords)
        if not target.done:
            self.demand(target)
        flags = function.scope.flags
        if REGISTERED in function.fields:
            commands = self.read(function.fields[REGISTERED])
            self.invoke(frame, commands, [], {}, pos, ("command", pos), "protocol:click")
        if flags & f.GENERATOR:
            return self.iterator(target.yields, "generator", target)
        return self.read(target.result)

    def publish_pending(self, frame: Frame) -> None:
        """Make module-level bindings visible before code elsewhere runs."""
        top: Frame | None = frame
        while top is not None and top.scope.kind == "class":
            top = top.parent
        if top is not None and top.pending:
            names = list(top.pending)
            top.pending.clear()
            for name in names:
                values = top.env.get(name)
                if values:
                    self.flow(top.cells.setdefault(name, Cell()), values)

    def frame_of(
        self, function: Function, site: object, caller: Frame | None = None, is_decorator: bool = False
    ) -> Frame:
        """Return the frame that a call site uses: one of its own for decorators, factories and small functions.

        A factory that is called within a decorator's frame is told apart by that decorator's use as well.
        """
        context: object = None
        is_factory = is_decorator or function.is_factory
        if site is not None and (is_factory or function.scope.flags & f.SMALL):
            context = id(site) if isinstance(site, list) else site
            if is_factory and caller is not None and caller.function is not None and caller.function.is_factory:
                outer = caller.context
                context = (context, outer[1] if type(outer) is tuple and outer[0] == context else outer)
                if _depth(context) > MAX_CONTEXT_DEPTH:
                    context = None
            limit = MAX_FACTORY_CONTEXTS if is_factory else MAX_CONTEXTS
            if context not in function.frames and len(function.frames) >= limit:
                context = None
            elif context not in function.frames and not is_decorator:
                place = (function.module.facts.path, function.index)
                self.contexts[place] = self.contexts.get(place, 0) + 1
                if self.contexts[place] > MAX_CONTEXTS_A_SCOPE:
                    context = None
        target = function.frames.get(context)
        if target is None:
            target = self.new_frame(function.index, function.module, function.frame)
            target.function = function
            target.cls = function.cls
            target.context = context
            function.frames[context] = target
        return target

    def bind_arguments(
        self, frame: Frame, target: Frame, positional: list[Values], keywords: dict[str, Values]
    ) -> None:
        """Let arguments flow into the parameters of a frame; missing ones get their defaults."""
        assert target.function is not None
        defaults = target.function.defaults
        used: set[str] = set()
        index = 0
        count = len(positional)
        for parameter, cell in zip(target.scope.parameters, target.parameters, strict=True):
            kind = parameter.kind
            name = parameter.name
            if kind == "positional" or kind == "positional_only":
                if index < count:
                    self.flow(cell, positional[index])
                    index += 1
                    self._callable_default(cell, defaults.get(name))
                    continue
            elif kind == "var_positional":
                self._rest(frame, target, cell, positional[index:])
                index = count
                continue
            elif kind == "var_keyword":
                self._keywords(target, cell, {k: v for k, v in keywords.items() if k not in used})
                continue
            if name in keywords:
                used.add(name)
                self.flow(cell, keywords[name])
                self._callable_default(cell, defaults.get(name))
                continue
            if "**" in keywords:
                self.flow(cell, keywords["**"])
            default = defaults.get(name)
            if default is not None:
                self.flow(cell, self.read(default))

    def _callable_default(self, cell: Cell, default: Cell | None) -> None:
        """Let a default that can be called flow in although an argument is given: callers elsewhere may omit it."""
        if default is not None and default.values:
            values = frozenset(i for i in default.values if self.objects[i].kind in (FUNCTION, BOUND, CLASS))
            self.flow(cell, values)

    def _rest(self, frame: Frame, target: Frame, cell: Any, values: list[Values]) -> None:
        box = self.box("tuple", ("*", id(target)))
        if box.length is None and ANY not in box.fields and not box.fields:
            box.length = len(values)
        elif box.length != len(values):
            box.length = None
        for index, each in enumerate(values):
            self.flow(self.field(box, index), each)
        self.flow(cell, box.single)

    def _keywords(self, target: Frame, cell: Any, keywords: dict[str, Values]) -> None:
        box = self.box("dict", ("**", id(target)))
        for name, values in keywords.items():
            self.flow(self.field(box, ANY if name == "**" else name), values)
        self.flow(cell, box.single)

    def call_partial(
        self,
        frame: Frame,
        made: Partial,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
        reason: str,
    ) -> Values:
        """Call a partial: the stored arguments first."""
        if made.label == CONFIGURED:
            return call_possibly(self, frame, made, positional, keywords, pos, site)
        if made.label.startswith("operator."):
            return self._call_getter(frame, made, positional, pos, site)
        place = (made.id, id(frame))
        if place in self.partials:  # it is handed to itself; a function between would have a frame of its own
            return EMPTY
        functions = self.union(self.read(made.functions), self.read(made.extra))
        found = "partial" if made.label == "functools.partial" else reason
        given = [*made.positional, *positional]
        self.partials.add(place)
        try:
            return self.invoke(frame, functions, given, {**made.keywords, **keywords}, pos, site, found)
        finally:
            self.partials.discard(place)

    def _call_getter(self, frame: Frame, made: Partial, positional: list[Values], pos: int, site: object) -> Values:
        """Call what `operator.attrgetter`, `methodcaller` or `itemgetter` made."""
        given = positional[0] if positional else EMPTY
        names = made.positional[0] if made.positional else EMPTY
        if made.label == "operator.itemgetter":
            return self.subscript(frame, given, names, pos)
        found = self.attributes_named(frame, given, names, pos)
        if made.label == "operator.attrgetter":
            return found
        return self.invoke(frame, found, made.positional[1:], made.keywords, pos, site, "getattr")

    # -- instances --------------------------------------------------------------------------------------------------

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
        if found:
            return self.invoke(frame, found, positional, keywords, pos, site, "operator")
        return self.call_protocol(frame, made, positional, keywords, pos, site)

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
        creator, _ = self.find(cls, "__new__")
        if creator:
            created = self.invoke(frame, creator, [cls.single, *positional], keywords, pos, site, "direct")
            own = frozenset(i for i in created if self.objects[i].kind == INSTANCE)
            made = own or made
        initializer, _ = self.find(cls, "__init__")
        if initializer:
            for item in sorted(made):
                receiver = self.objects[item]
                if isinstance(receiver, Instance):
                    bound = self.bind_special(initializer, receiver)
                    self._initialize(frame, bound, positional, keywords, pos, site)
            return made
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
                    self.flow(self.field(self.objects[item], "\0held"), values)
            frame.edges[(f"{base}.__init__", pos, "direct", False)] = None
            self.pass_to_external(frame, f"{base}.__init__", positional, keywords, pos, site)
        if not creator and "made" not in cls.flags:
            frame.edges[(cls, pos, "direct", False)] = None
        return made

    def _initialize(
        self,
        frame: Frame,
        bound: Values,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> None:
        self.invoke(frame, bound, positional, keywords, pos, site, "constructor")

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
        names: list[str] = []
        for entry in reversed(cls.mro):
            if isinstance(entry, Class):
                names.extend(n for n in entry.annotated if n not in names)
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
            for name, cell in list(entry.fields.items()) if isinstance(entry, Class) else ():
                for item in sorted(cell.values):
                    function = self.objects[item]
                    while isinstance(function, Property) and function.getter.values:
                        function = self.objects[min(function.getter.values)]
                    if isinstance(function, Function) and any("validator" in d for d in function.decorated):
                        self.invoke(
                            frame, function.single, [made], {}, pos, ("validate", name, pos), "protocol:pydantic"
                        )

    def instance_at(self, frame: Frame, cls: Class, site: object) -> Instance:
        """Return the instance that a site makes of a class."""
        key = (id(site) if isinstance(site, list) else site, frame.context)
        known = cls.by_site.get(key)
        if known is None:
            if len(cls.by_site) >= MAX_INSTANCES:
                known = cls.by_site.get("many")
                if known is None:
                    known = cls.by_site["many"] = self.add(Instance(cls, "many")).id
                    cls.instances.append(known)
            else:
                known = cls.by_site[key] = self.add(Instance(cls, key)).id
                cls.instances.append(known)
        made = self.objects[known]
        assert isinstance(made, Instance)
        return made

    # -- elsewhere --------------------------------------------------------------------------------------------------


def _depth(context: object) -> int:
    depth = 0
    while type(context) is tuple and len(context) == 2:
        context = context[1]
        depth += 1
    return depth


def is_field(made: ExternalInstance) -> bool:
    """Return whether an object is the declaration of a dataclass or settings field."""
    return made.type in ("dataclasses.field()", "pydantic.Field", "pydantic.fields.Field", "attr.ib()", "attrs.field()")


def is_text(made: object) -> bool:
    """Return whether an object is a string or path."""
    return isinstance(made, Text)


def is_box(made: object) -> bool:
    """Return whether an object is a container."""
    return isinstance(made, Box)
