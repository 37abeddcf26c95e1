"""Calls of functions: binding arguments, choosing the frame."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from decompose.graph.configured import CONFIGURED, call_possibly
from decompose.graph.core import Core
from decompose.graph.objects import (
    ANY,
    BOUND,
    BOX,
    CALLABLE,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    FUNCTION,
    INSTANCE,
    ITERATOR,
    METHOD,
    MODULE,
    PARTIAL,
    REGISTERED,
    USE,
    Bound,
    Cell,
    Class,
    Frame,
    Function,
    Instance,
    Partial,
    Property,
    Values,
    place_of,
)
from decompose.graph.relays import MAX_TOLD_APART, MAX_WIDE_FRAMES, Funnel
from decompose.graph.stated import OPEN, PLAIN, PLAIN_TYPES, stated_parameters
from decompose.ir import facts as f
from decompose.ir.facts import SourceFacts

MAX_CONTEXTS = 8
"""Call sites of a small function that are told apart."""
MAX_FACTORY_CONTEXTS = 20_000
"""Uses of a decorator, or of a function that gives back a function of its own, that are told apart."""
MAX_CLASS_CONTEXTS = 40
"""Contexts of a function that makes classes: each has its own of them, and their methods again."""
MAX_VALUE_CONTEXTS = 40
"""Contexts of a factory that is handed no function: what it gives differs by no function then."""
MAX_CONTEXTS_A_SCOPE = 400
"""Contexts of one piece of code other than as a decorator, or as what the frame of a decorator's use calls: a factory in a
factory has its own in each of the outer one's, and factories that call each other would go on for ever."""
MAX_KEEPERS = 8
"""Objects that keep what they are given for which the methods of their class are told apart."""
MAX_CONTEXT_DEPTH = 3
MAX_NESTED = 50
"""Calls within each other in one run of a frame: objects that lead to objects whose call leads to others."""
MAX_CALLED_ALIKE = 40
"""Things that one call may call for which arguments of many kinds still tell something: of more, each would be handed what
all the others are, and everything would be everything."""
_PLAIN_BASES = frozenset(f"builtins.{name}" for name in PLAIN_TYPES)
_MADE = frozenset({FUNCTION, BOUND, CLASS, PARTIAL, MODULE})
"""Kinds of values that are neither plain nor containers."""
_HOLDING = frozenset({BOX, ITERATOR})


class Calls(Core):
    """Call semantics for own code."""

    def __init__(self, facts: SourceFacts) -> None:
        super().__init__(facts)
        self._stated: dict[int, tuple[int, ...]] = {}
        """By scope, what its parameters may be given by their annotations."""
        self._own_names = frozenset(
            scope.name for file in facts.files for scope in file.scopes if scope.kind == "class"
        )

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
        """Call everything that a callee may be; return what may come back: nothing where that leads on and on."""
        if frame.nested >= MAX_NESTED:
            return EMPTY
        is_wide = len(callees) > MAX_TOLD_APART and type(frame) is not Funnel
        if is_wide and self.frames_of_scope[id(frame.scope)] > MAX_WIDE_FRAMES:
            funnel = self._funnel(frame, pos, site, reason, is_possible=is_possible)
            self.flush(frame)
            self.publish_pending(frame)
            funnel.fill(self, callees, positional, keywords)
            return self.read(funnel.result)
        is_told = len(callees) <= MAX_CALLED_ALIKE
        if not is_told:
            positional = [_narrow(values) for values in positional]
            keywords = {name: _narrow(values) for name, values in keywords.items()}
        out = EMPTY
        frame.nested += 1
        try:
            for item in sorted(callees) if len(callees) > 1 else callees:
                made = self.objects[item]
                kind = made.kind
                if kind == BOUND:
                    result = self._call_bound(
                        frame, made, positional, keywords, pos, site, reason, is_possible=is_possible
                    )
                elif kind == EXTERNAL:
                    result = self.call_external(frame, made, positional, keywords, pos, site)
                elif kind == FUNCTION:
                    result = self.call_function(
                        frame, made, positional, keywords, pos, site, reason, is_possible=is_possible
                    )
                elif kind == METHOD:
                    result = self.call_builtin_method(frame, made, positional, keywords, pos, site)
                elif kind == CLASS:
                    result = self.instantiate(frame, made, positional, keywords, pos, site)
                elif kind == EXTERNAL_INSTANCE:
                    result = self.call_external_instance(frame, made, positional, keywords, pos, site)
                elif kind == INSTANCE:
                    result = self.call_instance(frame, made, positional, keywords, pos, site)
                elif kind == PARTIAL:
                    result = self.call_partial(frame, made, positional, keywords, pos, site, reason)
                elif isinstance(made, Property):
                    getter = self.read(made.getter)
                    result = self.once(
                        frame, made, partial(self.invoke, frame, getter, positional, keywords, pos, site, reason)
                    )
                else:
                    continue
                out = self.union(out, result)
        finally:
            frame.nested -= 1
        return out if is_told else _narrow(out)

    def _funnel(self, frame: Frame, pos: int, site: object, reason: str, *, is_possible: bool) -> Funnel:
        """Return what makes the wide calls of a site for all contexts of the code that holds it."""
        kind = id(site) if isinstance(site, list) else site[0] if isinstance(site, tuple) else site
        key = (id(frame.scope), pos, kind, reason, is_possible)
        known = self.funnels.get(key)
        if known is None:
            known = self.funnels[key] = Funnel(frame, pos, site, reason, is_possible=is_possible)
            self.frames.append(known)
        return known

    def _call_bound(
        self,
        frame: Frame,
        made: Bound,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
        reason: str,
        *,
        is_possible: bool,
    ) -> Values:
        """Call what is bound with its receiver before the arguments."""
        function = self.objects[made.function]
        receiver = self.objects[made.receiver]
        given = [receiver.single, *positional]
        found = "method" if reason == "direct" else reason
        if function.kind != FUNCTION:
            return self.invoke(frame, function.single, given, keywords, pos, site, found)
        doubt = is_possible or (receiver.kind == INSTANCE and receiver.is_open)
        return self.call_function(frame, function, given, keywords, pos, site, found, is_possible=doubt)

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
            function,
            site if (positional or keywords or function.is_factory) and type(frame) is not Funnel else None,
            frame,
            self._keeper(function, positional),
            hands_over=function.is_factory and self._holds_callable(*positional, *keywords.values()),
        )
        self.bind_arguments(frame, target, positional, keywords)
        if not target.done:
            self.demand(target)
        flags = function.scope.flags
        if REGISTERED in function.fields:
            self._call_registered(frame, function, pos)
        if flags & f.GENERATOR:
            return self.iterator(target.yields, "generator", target)
        return self.read(target.result)

    def _call_registered(self, frame: Frame, group: Function, pos: int) -> None:
        """Call the commands of a group, once for each way to it: groups may be each other's commands."""
        commands = self.read(group.fields[REGISTERED])
        self.once(frame, group, lambda: self.invoke(frame, commands, [], {}, pos, ("command", pos), "protocol:click"))

    def _holds_callable(self, *given: Values) -> bool:
        """Return whether something that can be called is among values."""
        kinds = self.kinds
        return any(kinds[item] in CALLABLE for values in given for item in values)

    def _keeper(self, function: Function, positional: list[Values]) -> Instance | None:
        """Return the one known object a method is called on, of a class that keeps what its methods are given.

        So does every object that stands for what it decorates.
        """
        if function.cls is None or not positional or len(positional[0]) != 1:
            return None
        made = self.objects[min(positional[0])]
        if not isinstance(made, Instance) or made.is_open:
            return None
        cls = function.cls
        return made if made.is_use or cls.scope.qualname in cls.module.keepers() else None

    def frame_of(
        self,
        function: Function,
        site: object,
        caller: Frame | None = None,
        keeper: Instance | None = None,
        *,
        hands_over: bool = False,
    ) -> Frame:
        """Return the frame that a call site uses: one of its own for decorators, factories and small functions.

        Methods of an object that keeps what it is given have one for that object where they have none for the site; those
        of an object that stands for what it decorates have one for that object.
        A factory that is called within a decorator's frame is told apart by that decorator's use as well.
        """
        context: object = None
        is_use = self.is_decoration(site)
        is_factory = is_use or function.is_factory
        if keeper is not None and keeper.is_use and not is_use:
            is_special = function.scope.name.startswith("__")
            most = MAX_FACTORY_CONTEXTS if is_special else MAX_CONTEXTS_A_SCOPE
            context = self._told_apart(function, ("keeper", keeper.id), most)
        elif site is not None and (is_factory or function.scope.flags & f.SMALL):
            context = place_of(site)
            if is_factory and caller is not None and caller.function is not None and caller.function.is_factory:
                outer = caller.context
                context = (context, outer[1] if type(outer) is tuple and outer[0] == context else outer)
                if _depth(context) > MAX_CONTEXT_DEPTH:
                    context = None
            most = MAX_FACTORY_CONTEXTS if is_factory else MAX_CONTEXTS
            most_of_scope = MAX_CONTEXTS_A_SCOPE if hands_over else MAX_VALUE_CONTEXTS
            if is_factory and not is_use and function.index in function.module.class_makers:
                most = most_of_scope = MAX_CLASS_CONTEXTS
            is_free = is_use or (is_factory and caller is not None and caller.is_use)
            context = self._told_apart(function, context, most, 0 if is_free else most_of_scope)
        if keeper is not None and context is None and len(function.frames) < MAX_CONTEXTS + MAX_KEEPERS:
            context = ("keeper", keeper.id)
        target = function.frames.get(context)
        if target is None:
            target = self.new_frame(function.index, function.module, function.frame)
            target.function = function
            target.cls = function.cls
            target.context = context
            target.is_use = is_use and context is not None
            function.frames[context] = target
        return target

    def _told_apart(self, function: Function, context: object, most: int, most_of_scope: int = 0) -> object:
        """Return a context, or `None` when a function, its piece of code or the program has too many already.

        Args:
            function: The function that is called.
            context: What tells the call apart.
            most: Contexts that the function may have.
            most_of_scope: Contexts that its piece of code may have; 0 for any number.
        """
        if context in function.frames:
            return context
        if len(function.frames) >= most or len(self.frames) >= self.most_frames:
            return None
        if most_of_scope:
            place = (function.module.facts.path, function.index)
            self.contexts[place] = self.contexts.get(place, 0) + 1
            if self.contexts[place] > most_of_scope:
                return None
        return context

    def bind_arguments(
        self, frame: Frame, target: Frame, positional: list[Values], keywords: dict[str, Values]
    ) -> None:
        """Let arguments flow into the parameters of a frame; missing ones get their defaults."""
        assert target.function is not None
        defaults = target.function.defaults
        scope = target.scope
        stated = self._stated.get(id(scope))
        if stated is None:
            stated = self._stated[id(scope)] = stated_parameters(scope, self._own_names)
        used: set[str] = set()
        index = 0
        count = len(positional)
        for parameter, cell, what in zip(scope.parameters, target.parameters, stated, strict=True):
            kind = parameter.kind
            name = parameter.name
            if kind == "positional" or kind == "positional_only":
                if index < count:
                    self.flow(cell, self._stated_among(positional[index], what))
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
                self.flow(cell, self._stated_among(keywords[name], what))
                self._callable_default(cell, defaults.get(name))
                continue
            if "**" in keywords:
                self.flow(cell, self._stated_among(keywords["**"], what))
            default = defaults.get(name)
            if default is not None:
                self.flow(cell, self.read(default))

    def _stated_among(self, values: Values, what: int) -> Values:
        """Return those of some values that a parameter may be given, by what its annotation says of it."""
        if what == OPEN:
            return values
        kinds = self.kinds
        others = [
            item
            for item in values
            if kinds[item] in _MADE
            or (what == PLAIN and kinds[item] in _HOLDING)
            or (kinds[item] == INSTANCE and not _is_built_in(self.objects[item].cls, what))
        ]
        return values.difference(others) if others else values

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
        """Call a partial: the stored arguments first.

        Many that may each be many things, and hold each other, would be called along every path through all of them: of
        such, a site calls the first few.
        """
        if made.label == CONFIGURED:
            return call_possibly(self, frame, made, positional, keywords, pos, site)
        if made.label.startswith("operator."):
            return self._call_getter(frame, made, positional, pos, site)
        if (made.id, id(frame)) in self.calling:  # it is handed to itself
            return EMPTY
        functions = self.union(self.read(made.functions), self.read(made.extra))
        if len(functions) > MAX_TOLD_APART:
            wide = self.wide_partials.setdefault(frame, Counter())
            wide[pos] += 1
            if wide[pos] > MAX_TOLD_APART:
                return EMPTY
        found = "partial" if made.label == "functools.partial" else reason
        given = [*made.positional, *positional]
        named = {**made.keywords, **keywords}
        return self.once(frame, made, lambda: self.invoke(frame, functions, given, named, pos, site, found))

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


def _is_built_in(cls: Class, what: int) -> bool:
    """Return whether instances of a class may be plain values, members of an enumeration, or containers, by its bases."""
    outer = [base for base in cls.mro if isinstance(base, str) and base != "builtins.object"]
    return any(what != PLAIN or base in _PLAIN_BASES or base.startswith("enum.") for base in outer)


def _narrow(values: Values) -> Values:
    """Return what one of very many callees is handed or gives back: nothing where that may be many things again."""
    return values if len(values) <= MAX_TOLD_APART else EMPTY


def _depth(context: object) -> int:
    depth = 0
    while type(context) is tuple and len(context) == 2 and context[0] != USE:
        context = context[1]
        depth += 1
    return depth
