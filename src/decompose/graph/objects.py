"""Abstract objects: what a value can be, told apart by where it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from decompose.ir.facts import RETURNS, Node, ScopeFact

if TYPE_CHECKING:
    from decompose.graph.modules import ModuleInfo

Values = frozenset[int]
"""What an expression may evaluate to: indices into `Heap.objects`; empty means that nothing is known."""

EMPTY: Values = frozenset()

FUNCTION, BOUND, CLASS, INSTANCE, EXTERNAL, EXTERNAL_INSTANCE, TEXT, NUMBER, NULL, BOX, MODULE, SUPER, PARTIAL, ITERATOR, METHOD, PROPERTY = range(16)  # fmt: skip

CALLABLE = frozenset({FUNCTION, BOUND, CLASS, PARTIAL})
"""Kinds of own objects that can be called, instances with `__call__` aside."""

RECEIVER, CALLBACKS, REGISTERED, HELD, MEMBERS = "\0receiver", "\0callbacks", "\0registered", "\0held", "\0members"
"""Fields of an external object: what its method was called on, what it was given to run and what that gave, what was
registered with it by decorators; of an own instance, what its external base was made with; what was
added to an external container."""
COMPILED = "\0compiled"
"""Field of an external model: what it was compiled with, which training it uses and calling it does not."""

MAX_EXTERNALS = 4
"""External objects a cell may hold; more become one that is not known."""
MAX_BOXES = 5
"""Containers a cell may hold."""
MAX_VALUES = 20
"""Instances and modules a cell may hold; further ones are counted and left out."""
MAX_CALLABLES = 120
"""Functions, methods and classes a cell may hold: tables of handlers are long, and none may be dropped."""
MAX_CONSTANTS = 24
"""Constants a cell may hold besides other objects."""


class Cell:
    """A place that values flow into; `readers` are run again when it grows."""

    __slots__ = ("readers", "values")

    def __init__(self, values: Values = EMPTY) -> None:
        self.values = values
        self.readers: dict[Frame, None] | None = None


class Frame:
    """One analysis of a scope: a function in a calling context, a class body, a module body."""

    __slots__ = (
        "block",
        "calls",
        "cells",
        "cls",
        "context",
        "depth",
        "dirty",
        "done",
        "edges",
        "ended",
        "env",
        "foreign",
        "fresh",
        "function",
        "heap",
        "index",
        "is_possible",
        "is_use",
        "local_names",
        "module",
        "nested",
        "parameters",
        "parent",
        "pending",
        "published",
        "queued",
        "result",
        "running",
        "runs",
        "scope",
        "stored",
        "yields",
    )  # fmt: skip

    def __init__(self, scope: ScopeFact, index: int, module: ModuleInfo, parent: Frame | None) -> None:
        self.scope = scope
        self.index = index
        self.module = module
        self.parent = parent
        self.local_names = module.local_names(index)
        self.env: dict[str, Values] = {}
        self.cells: dict[str, Cell] = {}
        self.foreign: dict[str, Cell] | None = None
        self.parameters: list[Cell] = [Cell() for _ in scope.parameters]
        self.result = Cell()
        self.yields = Cell()
        self.function: Function | None = None
        self.cls: Class | None = parent.cls if parent is not None else None
        self.context: object = None
        self.done = self.queued = self.running = False
        self.ended = False
        """Whether an `if` with one answer has just returned: what follows it does not run."""
        self.is_possible = False
        self.is_use = False
        """Whether it is one use of a decorator."""
        self.runs = 0
        self.nested = 0
        """Calls under way in it that calls of objects led to."""
        self.depth = 0
        self.block = 0
        self.heap: dict[tuple[int, Any], Values] = {}
        self.stored: dict[int, list[Any]] = {}
        """Keys of `heap` by container."""
        self.dirty: dict[tuple[int, Any], None] = {}
        self.fresh: dict[int, int] = {}
        self.published: dict[tuple[int, Any], Values] = {}
        self.pending: dict[str, None] = {}
        """Names of a module that were bound since its bindings were last made visible."""
        self.calls: dict[int, CallRecord] = {}
        self.edges: dict[tuple[Any, int, str, bool], None] = {}

    def restore(self, earlier: Iterable[tuple[str, Values | None]]) -> None:
        """Give names back what they held earlier; `None` for those that were not bound."""
        for name, values in earlier:
            if values is None:
                self.env.pop(name, None)
            else:
                self.env[name] = values


class CallRecord:
    """What the last run of a frame saw at one call."""

    __slots__ = ("callees", "keywords", "node", "positional", "result")

    def __init__(self, node: Node, callees: Values, positional: list[Values], keywords: dict[str, Values]) -> None:
        self.node = node
        self.callees = callees
        self.positional = positional
        self.keywords = keywords
        self.result = EMPTY


class Object:
    """Base of abstract objects; `single` is the set that holds only this one."""

    __slots__ = ("fields", "id", "single")
    kind = -1

    def __init__(self) -> None:
        self.id = -1
        self.single = EMPTY
        self.fields: dict[Any, Cell] = {}


class Function(Object):
    """A function object: its code and the frame it closes over."""

    __slots__ = ("cls", "decorated", "defaults", "frame", "frames", "index", "is_factory", "module", "scope")
    kind = FUNCTION

    def __init__(self, scope: ScopeFact, index: int, module: ModuleInfo, frame: Frame) -> None:
        super().__init__()
        self.scope = scope
        self.index = index
        self.module = module
        self.frame = frame
        self.cls: Class | None = None
        self.frames: dict[object, Frame] = {}
        self.defaults: dict[str, Cell] = {}
        self.is_factory = bool(scope.flags & RETURNS) and index in module.makers
        """Whether it has functions of its own and returns something."""
        self.decorated: list[str] = []
        """Names of its decorators, outermost first."""


class Bound(Object):
    """A function with its receiver."""

    __slots__ = ("function", "receiver")
    kind = BOUND

    def __init__(self, function: int, receiver: int) -> None:
        super().__init__()
        self.function = function
        self.receiver = receiver


class Class(Object):
    """A class of the analysed tree."""

    __slots__ = (
        "annotated",
        "bases",
        "by_site",
        "flags",
        "frame",
        "index",
        "instances",
        "is_constructed",
        "metaclass",
        "module",
        "mro",
        "open",
        "own_fields",
        "scope",
        "shape",
        "subclasses",
        "uses",
        "validators",
    )  # fmt: skip
    kind = CLASS

    def __init__(self, scope: ScopeFact, index: int, module: ModuleInfo, frame: Frame) -> None:
        super().__init__()
        self.scope = scope
        self.index = index
        self.module = module
        self.frame = frame
        self.bases: list[int | str] = []
        """Ids of own classes and dotted names of external ones, in order."""
        self.mro: list[Class | str] = [self]
        self.subclasses: dict[int, None] = {}
        self.instances: list[int] = []
        self.by_site: dict[object, int] = {}
        self.uses = 0
        """How many of its instances decorators make."""
        self.open = -1
        self.own_fields: frozenset[str] = frozenset()
        """Names that its methods set on `self`; only of a class that has `__getattr__`."""
        self.shape = Cell()
        self.flags: set[str] = set()
        self.annotated: dict[str, tuple[Node | None, Node | None]] = {}
        """Annotated names of the body in order: annotation and default."""
        self.validators: list[Function] = []
        """Methods of the body that a settings class runs on what it is made with."""
        self.metaclass: Values = EMPTY
        self.is_constructed = False


class Instance(Object):
    """An instance of an own class, made at a site; `is_open` stands for any instance of it or of a subclass."""

    __slots__ = ("cls", "is_open", "is_use", "payload", "site", "written")
    kind = INSTANCE

    def __init__(self, cls: Class, site: object, *, is_open: bool = False) -> None:
        super().__init__()
        self.cls = cls
        self.site = site
        self.is_open = is_open
        self.is_use = False
        """Whether the use of a decorator makes it: it stands for what it decorates."""
        self.payload: Any = None
        self.written = False
        """Whether code asks for its `__dict__`, and so may set attributes there."""


class External(Object):
    """Something that the tree does not define, by dotted name."""

    __slots__ = ("name", "receiver")
    kind = EXTERNAL

    def __init__(self, name: str, receiver: int = -1) -> None:
        super().__init__()
        self.name = name
        self.receiver = receiver


class ExternalInstance(Object):
    """An instance of an external type; `type` ends with `()` when only the function that returned it is known."""

    __slots__ = ("has_run", "keywords", "positional", "site", "type")
    kind = EXTERNAL_INSTANCE

    def __init__(self, type_name: str, site: object) -> None:
        super().__init__()
        self.type = type_name
        self.site = site
        self.positional: list[Values] = []
        self.keywords: dict[str, Values] = {}
        self.has_run = False
        """Whether the call that made it ran the functions that it was given: its methods do not run them again."""


class Text(Object):
    """A string or path whose unknown parts stand in braces."""

    __slots__ = ("is_path", "is_template", "text")
    kind = TEXT

    def __init__(self, text: str, *, is_template: bool, is_path: bool) -> None:
        super().__init__()
        self.text = text
        self.is_template = is_template
        self.is_path = is_path


class Number(Object):
    """A number or truth value; `None` when only that it is one is known."""

    __slots__ = ("value",)
    kind = NUMBER

    def __init__(self, value: float | bool | None) -> None:
        super().__init__()
        self.value = value


class Null(Object):
    """`None`."""

    __slots__ = ()
    kind = NULL


class Box(Object):
    """A built-in container; `fields` holds a cell per constant key and one under `ANY`."""

    __slots__ = ("length", "shape", "site", "type")
    kind = BOX

    def __init__(self, type_name: str, site: object) -> None:
        super().__init__()
        self.type = type_name
        self.site = site
        self.length: int | None = None
        self.shape = Cell()


class ModuleObject(Object):
    """A module of the tree, or a package that only holds such modules."""

    __slots__ = ("info", "name")
    kind = MODULE

    def __init__(self, name: str, info: ModuleInfo | None) -> None:
        super().__init__()
        self.name = name
        self.info = info


class Super(Object):
    """`super()` in a class, for a receiver."""

    __slots__ = ("cls", "receiver")
    kind = SUPER

    def __init__(self, cls: Class, receiver: int) -> None:
        super().__init__()
        self.cls = cls
        self.receiver = receiver


class Partial(Object):
    """A callable with some arguments filled in; `wraps` marks cached or dispatching functions."""

    __slots__ = ("extra", "functions", "keywords", "label", "positional")
    kind = PARTIAL

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label
        self.functions = Cell()
        self.positional: list[Values] = []
        self.keywords: dict[str, Values] = {}
        self.extra = Cell()


class Iterator(Object):
    """A generator or iterator over the values of a cell."""

    __slots__ = ("cell", "frame", "label")
    kind = ITERATOR

    def __init__(self, cell: Cell, frame: Frame | None, label: str) -> None:
        super().__init__()
        self.cell = cell
        self.frame = frame
        self.label = label


class Method(Object):
    """A method of a built-in object, with its receiver."""

    __slots__ = ("name", "receiver")
    kind = METHOD

    def __init__(self, receiver: int, name: str) -> None:
        super().__init__()
        self.receiver = receiver
        self.name = name


class Property(Object):
    """A property, or a wrapper that changes how a class attribute is read (`classmethod`, `staticmethod`)."""

    __slots__ = ("getter", "label", "setter")
    kind = PROPERTY

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label
        self.getter = Cell()
        self.setter = Cell()


MAX_PLACE_DEPTH = 3
"""Places within places, as of a `map` that a `map` calls, that are told apart."""


def place_of(site: object, depth: int = 0) -> object:
    """Return by what a call site is known: a node by its identity, what stands for one by itself.

    A tuple that is made for the call has no identity that lasts: its address is another one's a moment later.
    """
    if isinstance(site, list):
        return id(site)
    if isinstance(site, tuple):
        return "deep" if depth >= MAX_PLACE_DEPTH else tuple([place_of(part, depth + 1) for part in site])
    return site


USE = "\0use"
"""Marks the site at which a decorator is applied."""
ANY = "\0any"
"""Key of the cell for elements whose key is not known."""
