"""What expressions may evaluate to."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from decompose.graph.inherited import inner_box
from decompose.graph.objects import (
    ANY,
    EMPTY,
    NUMBER,
    TEXT,
    Box,
    CallRecord,
    Cell,
    ExternalInstance,
    Frame,
    Instance,
    Values,
)
from decompose.graph.operators import Operators
from decompose.graph.spreads import MAX_SECTIONS, fitting_mappings
from decompose.graph.strings import joined
from decompose.graph.subscripts import Subscripts
from decompose.ir import facts as f
from decompose.ir.facts import Node

BUILTINS = frozenset(dir(builtins))
_NAME = f.NAME
_MANNERS = {"f": "__format__", "r": "__repr__", "s": "__str__"}


class Expressions(Operators, Subscripts):
    """Evaluates expression trees."""

    def eval(self, frame: Frame, node: Node) -> Values:
        """Return what an expression may be."""
        kind = node[0]
        if kind == _NAME and frame.foreign is None:  # two in five expressions: a local name
            values = frame.env.get(node[1])
            if values is not None:
                return values
        return _HANDLERS[kind](self, frame, node)

    def _text(self, frame: Frame, node: Node) -> Values:
        return self.text(node[1])

    def _number(self, frame: Frame, node: Node) -> Values:
        return self.number(node[1])

    def _none(self, frame: Frame, node: Node) -> Values:
        return self.null

    def _opaque(self, frame: Frame, node: Node) -> Values:
        return EMPTY

    # -- names ------------------------------------------------------------------------------------------------------

    def _name(self, frame: Frame, node: Node) -> Values:
        name = node[1]
        values = frame.env.get(name)
        if values is None:
            return self.lookup(frame, name)
        if frame.foreign is not None and name in frame.foreign:
            return self.union(values, self.read(frame.foreign[name]))
        return values

    def lookup(self, frame: Frame, name: str) -> Values:
        """Return what a name means beyond the frame's own bindings: enclosing functions, module, built-ins."""
        if name in frame.local_names and frame.scope.kind not in ("class", "module"):
            return EMPTY
        outer = frame.parent
        if frame.scope.kind == "class":
            while outer is not None and outer.scope.kind == "class":
                outer = outer.parent
            values = outer.env.get(name) if outer is not None else None
            if values is not None:
                return values
        while outer is not None and outer.parent is not None:
            if outer.scope.kind != "class" and name in outer.local_names:
                cell = outer.cells.get(name)
                if cell is None:
                    cell = outer.cells[name] = Cell()
                return self.read(cell)
            outer = outer.parent
        top = outer if outer is not None else frame
        return self.global_name(frame, top, name)

    def global_name(self, frame: Frame, top: Frame, name: str) -> Values:
        """Return what a name means in a module."""
        cell = top.cells.get(name)
        if cell is None:
            if name not in top.local_names:
                if name in BUILTINS:
                    return self.external(f"builtins.{name}")
                special = self._module_name(top, name)
                if special:
                    return special
            if name.startswith("__"):
                special = self._module_name(top, name)
                if special:
                    return special
            cell = top.cells[name] = Cell()
        values = self.read(cell)
        if self.patches and frame is not top and (top.module.facts.path, name) in self.patches:
            return self.read(self.patches[(top.module.facts.path, name)].cell)
        if not values and name not in BUILTINS and name not in top.local_names and top.module.facts.path in self.stars:
            return self.external(f"{self.stars[top.module.facts.path]}.{name}")
        if not values and name in BUILTINS and frame is not top:
            return EMPTY
        if not values and top is frame and name in BUILTINS:
            return self.external(f"builtins.{name}")
        return values

    def _module_name(self, top: Frame, name: str) -> Values:
        if name == "__file__":
            return self.text(top.module.facts.path)
        if name == "__name__":
            return self.text(top.module.name) | self.text("__main__")
        return EMPTY

    def _walrus(self, frame: Frame, node: Node) -> Values:
        values = self.eval(frame, node[2])
        self.assign_name(frame, node[1], values)
        return values

    # -- attributes, calls, subscripts --------------------------------------------------------------------------------

    def _attribute(self, frame: Frame, node: Node) -> Values:
        base = self.eval(frame, node[1])
        return self.load(frame, base, node[2], node[3])

    def _call(self, frame: Frame, node: Node) -> Values:
        callees = self.eval(frame, node[2])
        positional: list[Values] = []
        keywords: dict[str, Values] = {}
        for argument in node[3]:
            if argument[0] == f.STAR:
                self._spread(frame, self.eval(frame, argument[1]), positional, node[1])
            else:
                positional.append(self.eval(frame, argument))
        spread = EMPTY
        for name, expression in node[4]:
            values = self.eval(frame, expression)
            if name is not None:
                keywords[name] = values
            else:
                spread = self.union(spread, values)
        named = keywords
        if spread:
            named = dict(keywords)
            self._spread_mapping(frame, spread, keywords, node[1])
        record = frame.calls[id(node)] = CallRecord(node, callees, positional, keywords)
        if len(spread) > 1 and 0 < len(callees) <= MAX_SECTIONS:
            result = self._call_each(frame, record, named, spread)
        elif callees:
            result = self.invoke(frame, callees, positional, keywords, node[1], node)
        else:
            result = self.unknown_call(frame, node, positional, keywords)
        record.result = result
        return result

    def _call_each(self, frame: Frame, call: CallRecord, named: dict[str, Values], spread: Values) -> Values:
        """Call what a call may reach one by one, each with those of the spread mappings that it can take."""
        out = EMPTY
        for item in sorted(call.callees):
            made, keywords = self.objects[item], dict(named)
            self._spread_mapping(frame, fitting_mappings(self, made, spread), keywords, call.node[1])
            out = self.union(out, self.invoke(frame, made.single, call.positional, keywords, call.node[1], call.node))
        return out

    def _spread(self, frame: Frame, values: Values, positional: list[Values], pos: int) -> None:
        """Add `*values` to positional arguments: element by element where the length is known."""
        boxes = [o for o in (self.objects[i] for i in sorted(values)) if isinstance(o, Box)]
        lengths = {b.length for b in boxes}
        if len(boxes) == len(values) and len(lengths) == 1 and None not in lengths and boxes:
            for index in range(boxes[0].length or 0):
                element = EMPTY
                for box in boxes:
                    element = self.union(element, self.take(frame, box, index))
                positional.append(element)
            return
        rest = self.iterate(frame, values, pos)
        positional.extend([rest] * 4 if rest else [])

    def _spread_mapping(self, frame: Frame, values: Values, keywords: dict[str, Values], pos: int) -> None:
        for item in sorted(values):
            box = self.objects[item]
            box = (isinstance(box, Instance) and inner_box(self, box)) or box
            if isinstance(box, Instance) and self.find(box.cls, "keys")[0]:
                names = self.invoke(frame, self.load(frame, box.single, "keys", pos), [], {}, pos, ("**", pos, item))
                held = self.invoke_method(
                    frame, box.single, "__getitem__", [self.iterate(frame, names, pos)], pos, "operator"
                )
                keywords["**"] = self.union(keywords.get("**", EMPTY), held)
            if isinstance(box, Box):
                self.read(box.shape)
                keys = dict.fromkeys(k for k in box.fields if isinstance(k, str) and k != ANY)
                keys.update((k, None) for k in frame.stored.get(box.id, ()) if isinstance(k, str) and k != ANY)
                for key in keys:
                    keywords[key] = self.union(keywords.get(key, EMPTY), self.take(frame, box, key))
                if ANY in box.fields or (box.id, ANY) in frame.heap:
                    keywords["**"] = self.union(keywords.get("**", EMPTY), self._held(frame, box, ANY))

    def _boolean(self, frame: Frame, node: Node) -> Values:
        out = EMPTY
        for operand in node[2]:
            values = self.eval(frame, operand)
            if operand is not node[2][-1]:
                self.truth(frame, values, 0)
            out = self.union(out, values)
        return out

    def _conditional(self, frame: Frame, node: Node) -> Values:
        self.truth(frame, self.eval(frame, node[1]), 0)
        return self.union(self.eval(frame, node[2]), self.eval(frame, node[3]))

    # -- displays and comprehensions ----------------------------------------------------------------------------------

    def _dict(self, frame: Frame, node: Node) -> Values:
        box = self.box("dict", (id(node), id(frame)))
        self._renew(frame, box)
        for key, value in node[2]:
            values = self.eval(frame, value)
            if key is None:
                for item in sorted(values):
                    made = self.objects[item]
                    if isinstance(made, Box):
                        self.copy_into(frame, made, box)
                continue
            constants = self.keys_of(self.eval(frame, key), box) or [None]
            for constant in constants:
                self.put(frame, box, ANY if constant is None else constant, values, replace=len(constants) == 1)
        return box.single

    def _sequence(self, frame: Frame, node: Node) -> Values:
        box = self.box(node[2], (id(node), id(frame)))
        self._renew(frame, box)
        index: int | None = 0
        for element in node[3]:
            if element[0] == f.STAR:
                inner = self.eval(frame, element[1])
                self.put(frame, box, ANY, self.iterate(frame, inner, node[1]), replace=False)
                index = None
                continue
            values = self.eval(frame, element)
            if index is None or node[2] == "set":
                if node[2] == "set":
                    self.hash_into(frame, box.single, values, node[1])
                self.put(frame, box, ANY, values, replace=False)
            else:
                self.put(frame, box, index, values, replace=True)
                index += 1
        box.length = index if node[2] != "set" else None
        return box.single

    def _renew(self, frame: Frame, box: Box) -> None:
        """Mark a container as just made: what the frame stored in the one of an earlier round is published."""
        frame.fresh[box.id] = frame.block

    def _comprehension(self, frame: Frame, node: Node) -> Values:
        kind, element, value, generators = node[1], node[2], node[3], node[4]
        names = [n for g in generators for n in target_names(g[0])]
        saved = {n: frame.env.get(n) for n in names}
        outer, frame.block = frame.block, frame.block + 1_000_003
        for target, iterable, conditions, pos in generators:
            self.assign(frame, target, self.iterate(frame, self.eval(frame, iterable), pos))
            for condition in conditions:
                self.truth(frame, self.eval(frame, condition), pos)
        made = self.eval(frame, element)
        second = self.eval(frame, value) if value is not None else EMPTY
        frame.block = outer
        for name, values in saved.items():
            if values is None:
                frame.env.pop(name, None)
            else:
                frame.env[name] = values
        if kind == "gen":
            cell = self.field(self.box("list", (id(node), id(frame))), ANY)
            self.flow(cell, made)
            return self.iterator(cell, "generator")
        box = self.box(kind, (id(node), id(frame)))
        frame.fresh[box.id] = frame.block
        if kind == "dict":
            for constant in self.keys_of(made, box) or [None]:
                self.put(frame, box, ANY if constant is None else constant, second, replace=False)
            self.flow(self.field(box, "\0keys"), made)
        else:
            if kind == "set":
                self.hash_into(frame, box.single, made, node[5])
            self.put(frame, box, ANY, made, replace=False)
        return box.single

    def _lambda(self, frame: Frame, node: Node) -> Values:
        return self.make_function(frame, node[1]).single

    def _fstring(self, frame: Frame, node: Node) -> Values:
        parts = []
        for index, part in enumerate(node[1]):
            values = self.eval(frame, part)
            if part[0] != f.STR:
                how = node[3][index]
                self.stringify(frame, values, node[2], _MANNERS[how])
                if not values or not all(self.objects[i].kind in (TEXT, NUMBER) for i in values):
                    values = self.text(f"{{{_label(part)}}}", is_template=True)
            parts.append(values)
        for written in node[4]:
            self.eval(frame, written)
        return joined(self, parts)

    def stringify(self, frame: Frame, values: Values, pos: int, method: str = "__str__") -> None:
        """Call what turning into text calls: `__format__` where it is defined, else `__str__`, else `__repr__`."""
        order = ("__format__", "__str__", "__repr__")
        for item in sorted(values):
            made = self.objects[item]
            if not isinstance(made, Instance):
                continue
            for name in order[order.index(method) :]:
                if self.find(made.cls, name)[0]:
                    self.invoke_method(frame, made.single, name, [], pos, "operator")
                    break

    def _await(self, frame: Frame, node: Node) -> Values:
        values = self.eval(frame, node[1])
        awaited = self.invoke_method(frame, values, "__await__", [], 0, "operator")
        for item in values:
            made = self.objects[item]
            if isinstance(made, ExternalInstance):
                awaited = self.union(awaited, self.results_of(made))
        return self.union(values, awaited)

    def _yield(self, frame: Frame, node: Node) -> Values:
        if node[1] is not None:
            self.flow(frame.yields, self.eval(frame, node[1]))
        return self.read(frame.cells.setdefault("\0sent", Cell()))

    def _yield_from(self, frame: Frame, node: Node) -> Values:
        values = self.eval(frame, node[1])
        self.flow(frame.yields, self.iterate(frame, values, node[2]))
        out = EMPTY
        for item in sorted(values):
            made = self.objects[item]
            inner = getattr(made, "frame", None) if made.kind == 13 else None
            if inner is not None:
                out = self.union(out, self.read(inner.result))
        return out

    def _star(self, frame: Frame, node: Node) -> Values:
        return self.eval(frame, node[1])

    def _slice_alone(self, frame: Frame, node: Node) -> Values:
        for part in node[1:]:
            if part is not None:
                self.eval(frame, part)
        return EMPTY


def target_names(target: Node) -> list[str]:
    """Return the names that a target binds."""
    if target[0] == f.NAME:
        return [target[1]]
    if target[0] == f.STAR:
        return target_names(target[1])
    if target[0] == f.SEQ:
        return [name for element in target[3] for name in target_names(element)]
    return []


def _label(node: Node) -> str:
    """Return a name for an unknown part of a template."""
    if node[0] == f.NAME:
        return str(node[1])
    if node[0] == f.ATTR:
        return f"{_label(node[1])}.{node[2]}" if node[1][0] in (f.NAME, f.ATTR) else str(node[2])
    if node[0] == f.CALL:
        return _label(node[2])
    if node[0] == f.SUB:
        return _label(node[1])
    return ""


_HANDLERS: dict[int, Callable[[Any, Frame, Node], Values]] = {
    f.STR: Expressions._text, f.NUM: Expressions._number, f.NONE: Expressions._none, f.OPAQUE: Expressions._opaque,
    f.NAME: Expressions._name, f.ATTR: Expressions._attribute, f.CALL: Expressions._call,
    f.SUB: Expressions._subscript, f.SLICE: Expressions._slice_alone, f.BIN: Expressions._binary,
    f.UNARY: Expressions._unary, f.CMP: Expressions._compare, f.BOOL: Expressions._boolean,
    f.IFEXP: Expressions._conditional, f.WALRUS: Expressions._walrus, f.STAR: Expressions._star,
    f.LAMBDA: Expressions._lambda, f.COMP: Expressions._comprehension, f.DICT: Expressions._dict,
    f.SEQ: Expressions._sequence, f.FSTR: Expressions._fstring, f.AWAIT: Expressions._await,
    f.YIELD: Expressions._yield, f.YIELDFROM: Expressions._yield_from,
}  # fmt: skip
