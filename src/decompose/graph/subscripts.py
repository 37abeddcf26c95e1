"""What `base[key]` and slices give."""

from __future__ import annotations

from typing import Any

from decompose.graph.configured import bears_key, names_under
from decompose.graph.core import Core
from decompose.graph.inherited import inner_box
from decompose.graph.objects import (
    ANY,
    BOX,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    NULL,
    TEXT,
    Box,
    ExternalInstance,
    Frame,
    Instance,
    Number,
    Object,
    Text,
    Values,
)
from decompose.ir import facts as f
from decompose.ir.facts import Node


class Subscripts(Core):
    """Evaluates subscripts."""

    def _subscript(self, frame: Frame, node: Node) -> Values:
        base = self.eval(frame, node[1])
        if node[2][0] == f.SLICE:
            return self._slice(frame, base, node)
        key = self.eval(frame, node[2])
        return self.subscript(frame, base, key, node[3])

    def subscript(self, frame: Frame, base: Values, key: Values, pos: int) -> Values:
        """Return `base[key]`."""
        out = EMPTY
        for item in sorted(base) if len(base) > 1 else base:
            made = self.objects[item]
            kind = made.kind
            if kind == BOX:
                assert isinstance(made, Box)
                out = self.union(out, self._elements(frame, made, key))
            elif kind == INSTANCE:
                out = self.union(out, self._instance_item(frame, made, key, pos))
            elif kind == EXTERNAL_INSTANCE:
                assert isinstance(made, ExternalInstance)
                out = self.union(out, self.external_item(frame, made, key))
            elif kind == TEXT:
                out = self.union(out, made.single if bears_key(made) else self.text_any)
            elif kind == CLASS:
                out = self.union(out, self.class_item(frame, item, key, pos))
            elif kind == EXTERNAL:
                out = self.union(out, self.external_subscript(frame, item, key, pos))
        return names_under(self, frame, key, out) if self.config_names else out

    def _instance_item(self, frame: Frame, made: Object, key: Values, pos: int) -> Values:
        """Return `instance[key]`: what `__getitem__` gives or, of a built-in mapping without one, `__missing__`."""
        assert isinstance(made, Instance)
        if self.find(made.cls, "__getitem__")[0]:
            return self.invoke_method(frame, made.single, "__getitem__", [key], pos, "operator")
        box = inner_box(self, made)
        held = self._elements(frame, box, key) if box is not None else EMPTY
        return self.union(held, self.invoke_method(frame, made.single, "__missing__", [key], pos, "operator"))

    def _elements(self, frame: Frame, box: Box, key: Values) -> Values:
        if not key:
            return self.take(frame, box, None)
        out = EMPTY
        for constant in self.keys_of(key, box):
            if type(constant) is tuple and constant not in box.fields and (box.id, constant) not in frame.heap:
                constant = None
            out = self.union(out, self.take(frame, box, constant))
        return out

    def keys_of(self, key: Values, box: Box) -> list[Any]:
        """Return the constants that a key may be; `[None]` when it may be anything."""
        keys: list[Any] = []
        for item in sorted(key):
            made = self.objects[item]
            if isinstance(made, Text) and not made.is_template:
                keys.append(made.text)
            elif isinstance(made, Number) and made.value is not None:
                value = made.value
                negative = isinstance(value, int) and value < 0 and box.type != "dict"
                if negative and box.length is not None:
                    value += box.length
                elif negative:
                    return [None]
                keys.append(value)
            elif made.kind == NULL:
                keys.append("\0none")
            elif made.kind in (CLASS, EXTERNAL, INSTANCE):
                keys.append(("\0object", item))
            else:
                return [None]
        return keys

    def _slice(self, frame: Frame, base: Values, node: Node) -> Values:
        bounds = [self.eval(frame, part) if part is not None else None for part in node[2][1:]]
        out = EMPTY
        for item in sorted(base):
            made = self.objects[item]
            if isinstance(made, Box):
                out = self.union(out, self._slice_of(frame, made, bounds, node))
            elif isinstance(made, Text):
                out = self.union(out, self.text_any)
            elif made.kind in (EXTERNAL, EXTERNAL_INSTANCE):
                out = self.union(out, made.single)
            elif made.kind == INSTANCE:
                out = self.union(
                    out, self.invoke_method(frame, made.single, "__getitem__", [EMPTY], node[3], "operator")
                )
        return out

    def _slice_of(self, frame: Frame, box: Box, bounds: list[Values | None], node: Node) -> Values:
        part = self.box(box.type, (id(node), box.id))
        frame.fresh[part.id] = frame.block
        ends = [self._index(b) for b in bounds]
        if box.length is not None and "?" not in ends:
            indices = range(box.length)[slice(*ends)]
            part.length = len(indices)
            for to, index in enumerate(indices):
                self.put(frame, part, to, self.take(frame, box, index), replace=True)
        else:
            self.put(frame, part, ANY, self.take(frame, box, None), replace=False)
        return part.single

    def _index(self, values: Values | None) -> Any:
        """Return a slice bound: a number, `None`, or `"?"` when it is not known."""
        if values is None:
            return None
        if len(values) == 1:
            made = self.objects[next(iter(values))]
            if isinstance(made, Number) and isinstance(made.value, int):
                return made.value
            if made.kind == NULL:
                return None
        return "?"
