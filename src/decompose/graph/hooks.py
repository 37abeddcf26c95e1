"""What the classes that the interpreter is mixed from give each other."""

from __future__ import annotations

from typing import Any

from decompose.graph.heap import Heap
from decompose.graph.objects import (
    Box,
    Class,
    External,
    ExternalInstance,
    Frame,
    Instance,
    Method,
    Object,
    Values,
)
from decompose.ir.facts import Node


class Hooks(Heap):
    """Methods that some part of `graph.solver.Solver` overrides and others call."""

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
