"""The objects of a solution, each made once, and sets of them."""

from __future__ import annotations

from typing import Any

from decompose.graph.modules import Modules
from decompose.graph.objects import (
    EMPTY,
    MAX_BOXES,
    MAX_CALLABLES,
    MAX_CONSTANTS,
    MAX_EXTERNALS,
    MAX_VALUES,
    TEXT,
    Bound,
    Box,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Iterator,
    Method,
    ModuleObject,
    Null,
    Number,
    Object,
    Text,
    Values,
)
from decompose.ir.facts import SourceFacts

_FAMILIES = (4, 4, 4, 0, 2, 2, 1, 1, 0, 3, 0, 0, 4, 3, 2, 4)
"""By kind of object: 0 own objects, 1 constants, 2 external objects, 3 containers, 4 what can be called."""
_CONSTANT, _EXTERNAL, _CALLED = 1, 2, 4
MAX_BESIDE = 10
"""Other objects beside which a cell holds few things that can be called: a table of handlers holds nothing else …"""
MAX_MIXED_CALLABLES = 20
"""… and what holds everything tells nothing."""
_LIMITS = (MAX_VALUES, MAX_CONSTANTS, MAX_EXTERNALS, MAX_BOXES, MAX_CALLABLES)


class Heap:
    """Makes objects and knows them by what made them."""

    def __init__(self, facts: SourceFacts) -> None:
        self.facts = facts
        self.modules = Modules(facts)
        self.objects: list[Object] = []
        self.kinds = bytearray()
        """The kind of each object, by its id."""
        self.classes: list[Class] = []
        """The own classes among them."""
        self._interned: dict[Any, Any] = {}
        self._texts: dict[str, Values] = {}
        self._integers: dict[int, Values] = {}
        self._unions: dict[tuple[Values, Values], Values] = {}
        self._counts: dict[Values, tuple[int, ...]] = {}
        self.saturated = 0
        self.text_any = self.text("{}", is_template=True)
        self.number_any = self._keep(("n", None), Number(None)).single
        self.null = self._keep("none", Null()).single
        self.unknown_external = self.external_instance("?", None).single

    # -- objects ----------------------------------------------------------------------------------------------------

    def add(self, made: Object) -> Object:
        """Give an object its id."""
        made.id = len(self.objects)
        made.single = frozenset((made.id,))
        self.objects.append(made)
        self.kinds.append(made.kind)
        if isinstance(made, Class):
            self.classes.append(made)
        return made

    def _keep(self, key: Any, made: Object) -> Any:
        self._interned[key] = self.add(made)
        return made

    def text(self, text: str, *, is_template: bool = False, is_path: bool = False) -> Values:
        """Return the value of a string or path."""
        if not is_template and not is_path:
            plain = self._texts.get(text)
            if plain is None:
                plain = self._texts[text] = self.add(Text(text, is_template=False, is_path=False)).single
            return plain
        key = ("s", text, is_template, is_path)
        known = self._interned.get(key)
        return (known or self._keep(key, Text(text, is_template=is_template, is_path=is_path))).single

    def number(self, value: float | bool) -> Values:
        """Return the value of a number."""
        if type(value) is int:
            integer = self._integers.get(value)
            if integer is None:
                integer = self._integers[value] = self.add(Number(value)).single
            return integer
        key = ("n", type(value), value)
        known = self._interned.get(key)
        return (known or self._keep(key, Number(value))).single

    def external(self, name: str) -> Values:
        """Return something external by dotted name."""
        key = ("x", name)
        known = self._interned.get(key)
        return (known or self._keep(key, External(name))).single

    def external_member(self, name: str, receiver: int) -> Values:
        """Return an attribute of an external object, which remembers that object."""
        key = ("xm", name, receiver)
        known = self._interned.get(key)
        return (known or self._keep(key, External(name, receiver))).single

    def external_instance(self, type_name: str, site: object) -> ExternalInstance:
        """Return the instance of an external type that a site makes."""
        key = ("xi", type_name, site)
        known = self._interned.get(key)
        found: ExternalInstance = known or self._keep(key, ExternalInstance(type_name, site))
        return found

    def box(self, type_name: str, site: object) -> Box:
        """Return the container that a site makes."""
        key = ("b", type_name, site)
        known = self._interned.get(key)
        found: Box = known or self._keep(key, Box(type_name, site))
        return found

    def bound(self, function: int, receiver: int) -> Values:
        """Return a function bound to a receiver."""
        key = ("m", function, receiver)
        known = self._interned.get(key)
        return (known or self._keep(key, Bound(function, receiver))).single

    def method(self, receiver: int, name: str) -> Values:
        """Return a method of a built-in object."""
        key = ("bm", receiver, name)
        known = self._interned.get(key)
        return (known or self._keep(key, Method(receiver, name))).single

    def iterator(self, cell: Cell, label: str, frame: Frame | None = None) -> Values:
        """Return an iterator over a cell."""
        key = ("it", id(cell), label)
        known = self._interned.get(key)
        return (known or self._keep(key, Iterator(cell, frame, label))).single

    def module_object(self, dotted: str) -> Values:
        """Return the module or package of a path-derived dotted name."""
        info = self.modules.module(dotted)
        key = ("mod", info.facts.path if info is not None else dotted)
        known = self._interned.get(key)
        return (known or self._keep(key, ModuleObject(dotted, info))).single

    def function_object(self, index: int, frame: Frame) -> Function:
        """Return the function that a frame's `def` or `lambda` makes."""
        key = ("f", id(frame.module), index, id(frame))
        known = self._interned.get(key)
        scope = frame.module.facts.scopes[index]
        found: Function = known or self._keep(key, Function(scope, index, frame.module, frame))
        return found

    def class_object(self, index: int, frame: Frame) -> Class:
        """Return the class that a frame's `class` statement makes."""
        key = ("c", id(frame.module), index, id(frame))
        known = self._interned.get(key)
        found: Class = known or self._keep(key, Class(frame.module.facts.scopes[index], index, frame.module, frame))
        return found

    def open_instance(self, cls: Class) -> Values:
        """Return the object that stands for any instance of a class or of its subclasses."""
        if cls.open < 0:
            cls.open = self.add(Instance(cls, "open", is_open=True)).id
        return self.objects[cls.open].single

    def intern(self, key: Any, make: Any) -> Object:
        """Return the object of a key, made on first use."""
        known = self._interned.get(key)
        found: Object = known or self._keep(key, make())
        return found

    # -- sets ------------------------------------------------------------------------------------------------------------

    @staticmethod
    def union(a: Values, b: Values) -> Values:
        """Return both sets' objects, reusing one of them where it holds the other."""
        if not a or a is b:
            return b
        if not b or b <= a:
            return a
        return b if a <= b else a | b

    def _limited(self, held: Values, values: Values) -> Values:
        """Return as much of the union as a cell may hold: constants and external objects widen first."""
        known = self._unions.get((held, values))
        if known is not None:
            return known
        kinds = self.kinds
        counts = list(self._counts.get(held) or self._counted(held))
        added: list[int] = []
        for item in sorted(values - held, key=lambda i: (_FAMILIES[kinds[i]] == _CALLED, i)):
            kind = kinds[item]
            family = _FAMILIES[kind]
            most = _LIMITS[family]
            if family == _CALLED and sum(counts) - counts[_CALLED] > MAX_BESIDE:
                most = MAX_MIXED_CALLABLES
            if counts[family] >= most:
                self.saturated += 1
                if family == _CONSTANT:
                    added += self.text_any if kind == TEXT else self.number_any
                elif family == _EXTERNAL:
                    added += self.unknown_external
                continue
            counts[family] += 1
            added.append(item)
        out = self._unions[(held, values)] = held.union(added) if added else held
        return out

    def _counted(self, held: Values) -> tuple[int, ...]:
        """Return how many objects of each family values hold; remembered, for a full cell is offered more and more."""
        counts = [0] * len(_LIMITS)
        for item in held:
            counts[_FAMILIES[self.kinds[item]]] += 1
        out = self._counts[held] = tuple(counts)
        return out

    def limited(self, values: Values) -> Values:
        """Return values as a cell would hold them."""
        return values if len(values) <= MAX_EXTERNALS else self._limited(EMPTY, values)
