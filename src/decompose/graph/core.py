"""The state of the solver: objects, cells, frames, and the list of frames to run (again)."""

from __future__ import annotations

import heapq
from typing import Any

from decompose.graph.configured import names_by_key
from decompose.graph.modules import ModuleInfo, Modules
from decompose.graph.objects import (
    ANY,
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
from decompose.ir.facts import Node, SourceFacts

_FAMILIES = (4, 4, 4, 0, 2, 2, 1, 1, 0, 3, 0, 0, 4, 3, 2, 4)
"""By kind of object: 0 own objects, 1 constants, 2 external objects, 3 containers, 4 what can be called."""
_LIMITS = (MAX_VALUES, MAX_CONSTANTS, MAX_EXTERNALS, MAX_BOXES, MAX_CALLABLES)
EAGER_DEPTH = 40
"""Calls that are followed at once; deeper ones wait in the list."""
MAX_RUNS = 6
"""Runs of one frame after which its growth is no longer followed."""


class Patch:
    """What module-level code puts in the place of a function: seen by all but the code before it."""

    __slots__ = ("cell", "places")

    def __init__(self) -> None:
        self.cell = Cell()
        self.places: dict[Frame, int] = {}
        """Where a frame replaces it."""


class Core:
    """Objects, cells and frames; the classes that evaluate are mixed in by `graph.solver.Solver`."""

    def __init__(self, facts: SourceFacts) -> None:
        self.facts = facts
        self.modules = Modules(facts)
        self.objects: list[Object] = []
        self._interned: dict[Any, int] = {}
        self._unions: dict[tuple[Values, Values], Values] = {}
        self.queue: list[tuple[int, int, Frame]] = []
        self._ticket = 0
        self.frames: list[Frame] = []
        self.current: Frame | None = None
        self.module_frames: dict[str, Frame] = {}
        self.unsettled: dict[Frame, None] = {}
        """Frames that changed the shape of what they had read."""
        self.saturated = 0
        self.accessors: dict[str, Cell] = {}
        """Own classes that are attributes of external data frames, by name."""
        self.patches: dict[tuple[object, str], Patch] = {}
        """What stands in the place of attributes of classes (by id) and modules (by path)."""
        self.made_by: dict[int, Cell] = {}
        """The classes that a metaclass makes."""
        self.families: dict[int, list[Class]] = {}
        """Own subclasses by class, as long as no class gets other bases."""
        self.stars: dict[str, str] = {}
        """The external module from which a file last imports every name."""
        self.artifacts: dict[str, Cell] = {}
        """What was saved under a file name."""
        self.config_names = names_by_key(facts.configs)
        """Dotted names that configuration files hold, by the key under which they stand."""
        self.contexts: dict[tuple[str, int], int] = {}
        """Contexts that were told apart, by file and scope."""
        self.partials: set[tuple[int, int]] = set()
        """Partials that are being called, each with the frame that calls."""
        self.active_bases: set[str] = set()
        self.active_triggers: set[str] = set()
        """Last names of external callables that drive objects of some own class."""
        self.text_any = self.text("{}", is_template=True)
        self.number_any = self._keep(("n", None), Number(None))
        self.null = self._keep("none", Null())
        self.unknown_external = self.external_instance("?", None).single

    # -- objects ----------------------------------------------------------------------------------------------------

    def add(self, made: Object) -> Object:
        """Give an object its id."""
        made.id = len(self.objects)
        made.single = frozenset((made.id,))
        self.objects.append(made)
        return made

    def _keep(self, key: Any, made: Object) -> Values:
        self._interned[key] = self.add(made).id
        return made.single

    def text(self, text: str, *, is_template: bool = False, is_path: bool = False) -> Values:
        """Return the value of a string or path."""
        key = ("s", text, is_template, is_path)
        known = self._interned.get(key)
        if known is not None:
            return self.objects[known].single
        return self._keep(key, Text(text, is_template=is_template, is_path=is_path))

    def number(self, value: float | bool) -> Values:
        """Return the value of a number."""
        key = ("n", type(value), value)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, Number(value))

    def external(self, name: str) -> Values:
        """Return something external by dotted name."""
        key = ("x", name)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, External(name))

    def external_member(self, name: str, receiver: int) -> Values:
        """Return an attribute of an external object, which remembers that object."""
        key = ("xm", name, receiver)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, External(name, receiver))

    @staticmethod
    def new_cell() -> Cell:
        """Return an empty cell."""
        return Cell()

    def external_instance(self, type_name: str, site: object) -> ExternalInstance:
        """Return the instance of an external type that a site makes."""
        key = ("xi", type_name, site)
        known = self._interned.get(key)
        if known is None:
            self._keep(key, ExternalInstance(type_name, site))
            known = self._interned[key]
        found = self.objects[known]
        assert isinstance(found, ExternalInstance)
        return found

    def box(self, type_name: str, site: object) -> Box:
        """Return the container that a site makes."""
        key = ("b", type_name, site)
        known = self._interned.get(key)
        if known is None:
            self._keep(key, Box(type_name, site))
            known = self._interned[key]
        found = self.objects[known]
        assert isinstance(found, Box)
        return found

    def bound(self, function: int, receiver: int) -> Values:
        """Return a function bound to a receiver."""
        key = ("m", function, receiver)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, Bound(function, receiver))

    def method(self, receiver: int, name: str) -> Values:
        """Return a method of a built-in object."""
        key = ("bm", receiver, name)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, Method(receiver, name))

    def iterator(self, cell: Cell, label: str, frame: Frame | None = None) -> Values:
        """Return an iterator over a cell."""
        key = ("it", id(cell), label)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, Iterator(cell, frame, label))

    def module_object(self, dotted: str) -> Values:
        """Return the module or package of a path-derived dotted name."""
        info = self.modules.module(dotted)
        key = ("mod", info.facts.path if info is not None else dotted)
        known = self._interned.get(key)
        return self.objects[known].single if known is not None else self._keep(key, ModuleObject(dotted, info))

    def function_object(self, index: int, frame: Frame) -> Function:
        """Return the function that a frame's `def` or `lambda` makes."""
        key = ("f", id(frame.module), index, id(frame))
        known = self._interned.get(key)
        if known is None:
            scope = frame.module.facts.scopes[index]
            self._keep(key, Function(scope, index, frame.module, frame))
            known = self._interned[key]
        found = self.objects[known]
        assert isinstance(found, Function)
        return found

    def class_object(self, index: int, frame: Frame) -> Class:
        """Return the class that a frame's `class` statement makes."""
        key = ("c", id(frame.module), index, id(frame))
        known = self._interned.get(key)
        if known is None:
            self._keep(key, Class(frame.module.facts.scopes[index], index, frame.module, frame))
            known = self._interned[key]
        found = self.objects[known]
        assert isinstance(found, Class)
        return found

    def open_instance(self, cls: Class) -> Values:
        """Return the object that stands for any instance of a class or of its subclasses."""
        if cls.open < 0:
            cls.open = self.add(Instance(cls, "open", is_open=True)).id
        return self.objects[cls.open].single

    def intern(self, key: Any, make: Any) -> Object:
        """Return the object of a key, made on first use."""
        known = self._interned.get(key)
        if known is None:
            self._keep(key, make())
            known = self._interned[key]
        return self.objects[known]

    # -- values and cells ---------------------------------------------------------------------------------------------

    @staticmethod
    def union(a: Values, b: Values) -> Values:
        """Return both sets' objects, reusing one of them where it holds the other."""
        if not a or a is b:
            return b
        if not b or b <= a:
            return a
        return b if a <= b else a | b

    def read(self, cell: Cell) -> Values:
        """Return what a cell holds; the running frame is run again when it grows."""
        if self.current is not None:
            if cell.readers is None:
                cell.readers = {self.current: None}
            else:
                cell.readers[self.current] = None
        return cell.values

    def flow(self, cell: Cell, values: Values) -> None:
        """Add values to a cell and list its readers when that is news."""
        held = cell.values
        if not values or values is held or values <= held:
            return
        grown = held | values
        if len(grown) > MAX_EXTERNALS:
            grown = self._limited(held, values)
            if len(grown) == len(held):
                return
        cell.values = grown
        if cell.readers:
            for frame in cell.readers:
                if not frame.queued and (frame is not self.current or cell is not frame.result):
                    self.rerun(frame)

    def rerun(self, frame: Frame) -> None:
        """List a frame to be run (again): those that ran least come first, so that growth gathers for the others."""
        if not frame.queued and frame.runs < MAX_RUNS:
            frame.queued = True
            self._ticket += 1
            heapq.heappush(self.queue, (frame.runs, self._ticket, frame))

    def _limited(self, held: Values, values: Values) -> Values:
        """Return as much of the union as a cell may hold: constants and external objects widen first."""
        known = self._unions.get((held, values))
        if known is not None:
            return known
        objects = self.objects
        counts = [0] * len(_LIMITS)
        for item in held:
            counts[_FAMILIES[objects[item].kind]] += 1
        kept = set(held)
        for item in sorted(values - held):
            kind = objects[item].kind
            family = _FAMILIES[kind]
            if counts[family] >= _LIMITS[family]:
                self.saturated += 1
                if family == 1:
                    kept |= self.text_any if kind == TEXT else self.number_any
                elif family == 2:
                    kept |= self.unknown_external
                continue
            counts[family] += 1
            kept.add(item)
        out = self._unions[(held, values)] = frozenset(kept)
        return out

    def limited(self, values: Values) -> Values:
        """Return values as a cell would hold them."""
        return values if len(values) <= MAX_EXTERNALS else self._limited(EMPTY, values)

    def touch(self, cell: Cell) -> None:
        """List the readers of a cell although its values stay (a shape has changed).

        The running frame runs again at the end: what a loop stores late, its next turn reads early.
        """
        for frame in cell.readers or ():
            if frame is not self.current:
                self.rerun(frame)
            else:
                self.unsettled[frame] = None

    # -- frames -----------------------------------------------------------------------------------------------------

    def new_frame(self, index: int, module: ModuleInfo, parent: Frame | None) -> Frame:
        """Return a frame for a scope, not yet run."""
        frame = Frame(module.facts.scopes[index], index, module, parent)
        frame.depth = self.current.depth + 1 if self.current is not None else 0
        self.frames.append(frame)
        return frame

    def demand(self, frame: Frame) -> None:
        """Run a new frame at once where the calls are not too deep, else list it."""
        if frame.done or frame.queued:
            return
        depth = self.current.depth if self.current is not None else 0
        if depth >= EAGER_DEPTH:
            self.rerun(frame)
        else:
            frame.depth = depth + 1
            self.run(frame)

    def settle(self) -> None:
        """Run listed frames until nothing grows any more."""
        while self.queue:
            frame = heapq.heappop(self.queue)[2]
            frame.queued = False
            frame.depth = 0
            self.run(frame)

    def run(self, frame: Frame) -> None:
        """Evaluate the body of a frame once."""
        previous = self.current
        self.current = frame
        frame.running = True
        frame.done = True
        frame.runs += 1
        frame.block = 0
        frame.heap.clear()
        frame.fresh.clear()
        try:
            self.execute_frame(frame)
        finally:
            frame.running = False
            self.current = previous

    # -- container contents -------------------------------------------------------------------------------------------

    def field(self, made: Object, key: Any) -> Cell:
        """Return the cell of a field, made on first use."""
        cell = made.fields.get(key)
        if cell is None:
            cell = made.fields[key] = Cell()
            if isinstance(made, Box):
                self.touch(made.shape)
        return cell

    def put(self, frame: Frame, box: Box, key: Any, values: Values, *, replace: bool) -> None:
        """Store into a container: a strong update where the frame just made it, else a weak one."""
        place = (box.id, key)
        if frame.fresh.get(box.id) == frame.block:
            before = EMPTY if replace and key != ANY else frame.heap.get(place, EMPTY)
            frame.heap[place] = self.union(before, values)
            frame.dirty[place] = None
        else:
            if place in frame.heap:
                frame.heap[place] = self.union(frame.heap[place], values)
            self.flow(self.field(box, key), values)

    def take(self, frame: Frame, box: Box, key: Any) -> Values:
        """Return what a container holds under a key; `None` as key means any."""
        if key is None:
            self.read(box.shape)
            out = EMPTY
            own = [k for b, k in frame.heap if b == box.id]
            if not own:
                for cell in box.fields.values():
                    out = self.union(out, self.read(cell))
                return self.limited(out)
            for each in dict.fromkeys((*box.fields, *own)):
                out = self.union(out, self._held(frame, box, each))
            return self.limited(out)
        known = self._held(frame, box, key)
        if ANY in box.fields or (box.id, ANY) in frame.heap:
            return self.union(known, self._held(frame, box, ANY))
        if key not in box.fields:
            self.read(box.shape)
        return known

    def _held(self, frame: Frame, box: Box, key: Any) -> Values:
        place = (box.id, key)
        own = frame.heap.get(place)
        cell = box.fields.get(key)
        if own is None:
            return self.read(cell) if cell is not None else EMPTY
        if cell is None:
            return own
        foreign = self.read(cell) - frame.published.get(place, EMPTY)
        return self.union(own, foreign) if foreign else own

    def flush(self, frame: Frame) -> None:
        """Make the frame's container stores visible to others: before it calls, and at its end."""
        for place in frame.dirty:
            box, key = place
            values = frame.heap.get(place)
            if values:
                made = self.objects[box]
                frame.published[place] = self.union(frame.published.get(place, EMPTY), values)
                self.flow(self.field(made, key), values)
            elif values is not None:
                self.field(self.objects[box], key)
        frame.dirty.clear()

    # -- what the mixed-in classes give each other ----------------------------------------------------------------------

    def execute_frame(self, frame: Frame) -> None:
        """Run the body of a frame."""
        raise NotImplementedError

    def block(self, frame: Frame, body: list[Node]) -> None:
        """Run statements."""
        raise NotImplementedError

    def eval(self, frame: Frame, node: Node) -> Values:
        """Return what an expression may be."""
        raise NotImplementedError

    def assign(self, frame: Frame, target: Node, values: Values) -> None:
        """Bind a target."""
        raise NotImplementedError

    def assign_name(self, frame: Frame, name: str, values: Values) -> None:
        """Bind a name."""
        raise NotImplementedError

    def lookup(self, frame: Frame, name: str) -> Values:
        """Return what a name means in a frame."""
        raise NotImplementedError

    def load(self, frame: Frame, base: Values, name: str, pos: int) -> Values:
        """Return an attribute."""
        raise NotImplementedError

    def store(self, frame: Frame, base: Values, name: str, values: Values, pos: int) -> None:
        """Set an attribute."""
        raise NotImplementedError

    def store_plainly(self, frame: Frame, made: Instance, name: str, values: Values, pos: int) -> None:
        """Set an attribute as `object.__setattr__` does."""
        raise NotImplementedError

    def overrides(self, frame: Frame, made: Instance, name: str, owner: Class | None, pos: int) -> Values:
        """Return what subclasses put in the place of an attribute of their base."""
        raise NotImplementedError

    def find(self, cls: Class, name: str, *, after: Class | None = None) -> tuple[Values, Class | None]:
        """Return a class attribute by method resolution order, and the class that has it."""
        raise NotImplementedError

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
        raise NotImplementedError

    def invoke_method(
        self, frame: Frame, receivers: Values, name: str, positional: list[Values], pos: int, reason: str
    ) -> Values:
        """Call a special method on the own instances among the receivers."""
        raise NotImplementedError

    def iterate(self, frame: Frame, values: Values, pos: int) -> Values:
        """Return the elements of iterables."""
        raise NotImplementedError

    def edge(self, frame: Frame, target: Any, pos: int, reason: str, *, is_possible: bool = False) -> None:
        """Record that a frame calls something (a scope's frame, a class or an external name)."""
        frame.edges[(target, pos, reason, is_possible)] = None

    def unknown_call(self, frame: Frame, node: Node, positional: list[Values], keywords: dict[str, Values]) -> Values:
        """Return what a call gives whose callee is not known."""
        raise NotImplementedError

    def class_item(self, frame: Frame, item: int, key: Values, pos: int) -> Values:
        """Return `Class[key]`: a parametrised class, or a member of an enum."""
        raise NotImplementedError

    def external_item(self, frame: Frame, made: ExternalInstance, key: Values) -> Values:
        """Return an element of an external object."""
        raise NotImplementedError

    def external_subscript(self, frame: Frame, item: int, key: Values, pos: int) -> Values:
        """Return `name[key]` of something external (`os.environ["X"]`, `List[int]`)."""
        raise NotImplementedError

    def make_function(self, frame: Frame, index: int) -> Any:
        """Return the function object of a `def` or `lambda`, its defaults evaluated."""
        raise NotImplementedError

    def unpacked(self, frame: Frame, values: Values, count: int, pos: int) -> list[Values]:
        """Return what each of `count` targets receives from iterables of any kind."""
        raise NotImplementedError

    def keys_of(self, key: Values, box: Box) -> list[Any]:
        """Return the constants that a key may be; `[None]` when it may be anything."""
        raise NotImplementedError

    def binary(self, frame: Frame, operator: str, left: Values, right: Values, pos: int, node: Node) -> Values:
        """Return `left operator right`."""
        raise NotImplementedError

    def annotated_values(self, frame: Frame, annotation: Node | None) -> Values:
        """Return what a value of an annotated type may be."""
        raise NotImplementedError

    def truth(self, frame: Frame, values: Values, pos: int) -> None:
        """Call what a truth test calls."""
        raise NotImplementedError

    def enter_context(self, frame: Frame, values: Values, prefix: str, pos: int) -> Values:
        """Return what `with` binds; calls `__enter__` and `__exit__`."""
        raise NotImplementedError

    def subscript(self, frame: Frame, base: Values, key: Values, pos: int) -> Values:
        """Return `base[key]`."""
        raise NotImplementedError

    def define(self, frame: Frame, index: int) -> None:
        """Run a `def`."""
        raise NotImplementedError

    def define_class(self, frame: Frame, index: int) -> None:
        """Run a `class`."""
        raise NotImplementedError

    def import_modules(self, frame: Frame, node: Node) -> None:
        """Run `import a.b as c`."""
        raise NotImplementedError

    def import_names(self, frame: Frame, node: Node) -> None:
        """Run `from a import b as c`."""
        raise NotImplementedError

    def ensure_module(self, info: Any) -> Frame:
        """Return the frame of a module, run if it was not yet."""
        raise NotImplementedError

    def import_module(self, dotted: str) -> Values:
        """Return the module of a path-derived name, run."""
        raise NotImplementedError

    def publish(self, frame: Frame) -> None:
        """Make the module's current bindings visible."""
        raise NotImplementedError

    def call_protocol(
        self,
        frame: Frame,
        made: Instance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an instance whose external base defines `__call__`."""
        raise NotImplementedError

    def enum_members(self, frame: Frame, cls: Class) -> Values:
        """Return the members of an enum."""
        raise NotImplementedError

    def pass_to_external(
        self,
        frame: Frame,
        name: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> None:
        """Follow what external code does with its arguments."""
        raise NotImplementedError

    def call_external(
        self,
        frame: Frame,
        made: External,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call something external."""
        raise NotImplementedError

    def call_external_instance(
        self,
        frame: Frame,
        made: ExternalInstance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an external object."""
        raise NotImplementedError

    def call_builtin_method(
        self,
        frame: Frame,
        made: Method,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call a method of a string, container, iterator, property or function."""
        raise NotImplementedError

    def decorate_externally(self, frame: Frame, made: Any, values: Values, pos: int) -> Values:
        """Return what an external decorator makes of a function or class."""
        raise NotImplementedError

    def exports_of(self, top: Frame) -> list[str] | None:
        """Return the names of `__all__`, or `None` when the module has none that can be read."""
        raise NotImplementedError

    def note_import(self, frame: Frame, name: str, dotted: str | None, pos: int) -> None:
        """Remember that a frame imports a module: path-derived name of an own one, `None` for an external one."""
        raise NotImplementedError

    def iterate_external(self, frame: Frame, made: ExternalInstance, pos: int) -> Values:
        """Return the elements of an external object."""
        raise NotImplementedError

    def library_return(self, name: str) -> str:
        """Return the documented return type of a library function; empty when it is not known."""
        raise NotImplementedError

    def load_builtin(self, frame: Frame, made: Object, name: str) -> Values:
        """Return an attribute of a string, path, container or iterator."""
        raise NotImplementedError
