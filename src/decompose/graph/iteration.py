"""What iterating over a value gives, and which own methods it runs."""

from __future__ import annotations

from decompose.graph import rules
from decompose.graph.core import Core
from decompose.graph.frameworks import member_of
from decompose.graph.inherited import inner_box
from decompose.graph.objects import (
    BOX,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    ITERATOR,
    TEXT,
    Box,
    Class,
    ExternalInstance,
    Frame,
    Instance,
    Iterator,
    Values,
)


class Iteration(Core):
    """Iterates and unpacks."""

    def iterate(self, frame: Frame, values: Values, pos: int) -> Values:
        """Return the elements of iterables."""
        out = EMPTY
        for item in sorted(values) if len(values) > 1 else values:
            made = self.objects[item]
            kind = made.kind
            if kind == BOX:
                assert isinstance(made, Box)
                out = self.union(
                    out, self.keys_in(frame, made) if made.type == "dict" else self.take(frame, made, None)
                )
            elif kind == ITERATOR:
                assert isinstance(made, Iterator)
                out = self.union(out, self.read(made.cell))
            elif kind == INSTANCE:
                assert isinstance(made, Instance)
                out = self.union(out, self._iterate_instance(frame, made, pos))
            elif kind == TEXT:
                out = self.union(out, self.text_any)
            elif kind == EXTERNAL_INSTANCE:
                assert isinstance(made, ExternalInstance)
                out = self.union(out, self.iterate_external(frame, made, pos))
            elif kind == CLASS:
                assert isinstance(made, Class)
                out = self.union(out, self._iterate_class(frame, made, pos))
            elif kind == EXTERNAL and self.external_name(item) == "sys.argv":
                out = self.union(out, self.text_any)
        return out

    def _iterate_class(self, frame: Frame, cls: Class, pos: int) -> Values:
        if "enum" in cls.flags:
            return self.enum_members(frame, cls)
        for item in cls.metaclass:
            meta = self.objects[item]
            if isinstance(meta, Class) and self.find(meta, "__iter__")[0]:
                function, _ = self.find(meta, "__iter__")
                result = self.invoke(frame, function, [cls.single], {}, pos, ("iter", cls.id), "iteration")
                return self.iterate(frame, result, pos)
        return EMPTY

    def enum_members(self, frame: Frame, cls: Class) -> Values:
        """Return the members of an enum."""
        self.read(cls.shape)
        out = EMPTY
        for item in cls.instances:
            out = self.union(out, self.objects[item].single)
        return out

    def _iterate_instance(self, frame: Frame, made: Instance, pos: int) -> Values:
        found, _ = self.find(made.cls, "__iter__")
        if not found:
            found, _ = self.find(made.cls, "__aiter__")
            if not found:
                if made.cls.scope.name and self.find(made.cls, "__getitem__")[0]:
                    return self.invoke_method(frame, made.single, "__getitem__", [self.number_any], pos, "iteration")
                if made.payload and "typing.NamedTuple" in made.cls.mro:
                    out = EMPTY
                    for name in made.payload:
                        out = self.union(out, self.read(self.field(made, name)))
                    return out
                box = inner_box(self, made)
                return self.iterate(frame, box.single, pos) if box is not None else EMPTY
        iterators = self.invoke(frame, self.bind_special(found, made), [], {}, pos, ("iter", made.id, pos), "iteration")
        return self._advance(frame, iterators, pos)

    def _advance(self, frame: Frame, iterators: Values, pos: int) -> Values:
        out = EMPTY
        for item in sorted(iterators):
            made = self.objects[item]
            if isinstance(made, Instance):
                for name in ("__next__", "__anext__"):
                    out = self.union(out, self.invoke_method(frame, made.single, name, [], pos, "iteration"))
            else:
                out = self.union(out, self.iterate(frame, made.single, pos))
        return out

    def unpacked(self, frame: Frame, values: Values, count: int, pos: int) -> list[Values]:
        """Return what each of `count` targets receives from iterables of any kind."""
        parts = [EMPTY] * count
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Box) and made.type != "dict":
                each = [self.take(frame, made, i) for i in range(count)]
            elif isinstance(made, ExternalInstance) and made.type in rules.CONTAINERS:
                all_of = self.iterate(frame, made.single, pos)
                each = [member_of(self, frame, made, self.number(i)) or all_of for i in range(count)]
            elif isinstance(made, Instance) and made.payload and len(made.payload) == count:
                each = [self.read(self.field(made, n)) for n in made.payload]
            else:
                each = [self.iterate(frame, made.single, pos)] * count
            parts = [self.union(a, b) for a, b in zip(parts, each, strict=True)]
        return parts
