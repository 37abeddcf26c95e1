"""What operators, comparisons and truth tests give, and which own methods they run."""

from __future__ import annotations

from decompose.graph.core import Core
from decompose.graph.objects import (
    ANY,
    BOX,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    NUMBER,
    TEXT,
    Box,
    ExternalInstance,
    Frame,
    Values,
)
from decompose.graph.strings import joined, percent, slashed
from decompose.ir.facts import Node

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "@": "matmul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip
_COMPARISONS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
_REFLECTED = {"__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__", "__eq__": "__eq__"}
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


class Operators(Core):
    """Evaluates operators."""

    def _binary(self, frame: Frame, node: Node) -> Values:
        left = self.eval(frame, node[2])
        right = self.eval(frame, node[3])
        return self.binary(frame, node[1], left, right, node[4], node)

    def binary(self, frame: Frame, operator: str, left: Values, right: Values, pos: int, node: Node) -> Values:
        """Return `left operator right`."""
        if not left and not right:
            return EMPTY
        name = OPERATORS[operator]
        objects = self.objects
        kinds = {objects[i].kind for i in left} | {objects[i].kind for i in right}
        if kinds == {NUMBER}:
            return self.number_any
        out = EMPTY
        if INSTANCE in kinds:
            out = self.invoke_method(frame, left, f"__{name}__", [right], pos, "operator")
            if not any(objects[i].kind == INSTANCE for i in left) or not out:
                out = self.union(out, self.invoke_method(frame, right, f"__r{name}__", [left], pos, "operator"))
        if operator == "%" and left and all(objects[i].kind == TEXT for i in left):
            return self.union(out, percent(self, frame, left, right))
        if TEXT in kinds and operator == "+":
            return self.union(out, joined(self, [left, right]))
        if TEXT in kinds and operator == "/":
            return self.union(out, slashed(self, left, right))
        if BOX in kinds:
            out = self.union(out, self._concatenate(frame, operator, left, right, node))
        if EXTERNAL_INSTANCE in kinds:
            for item in sorted(left | right):
                made = objects[item]
                if isinstance(made, ExternalInstance):
                    out = self.union(out, made.single)
        if EXTERNAL in kinds or CLASS in kinds:  # `int | None`, `A | B`
            out = self.union(out, left | right)
        return out

    def _concatenate(self, frame: Frame, operator: str, left: Values, right: Values, node: Node) -> Values:
        boxes = [b for b in (self.objects[i] for i in sorted(left | right)) if isinstance(b, Box)]
        if operator not in ("+", "*", "|"):
            return EMPTY
        both = self.box(boxes[0].type, id(node))
        frame.fresh[both.id] = frame.block
        both.length = None
        if operator == "+" and len(left) == 1 and len(right) == 1 and len(boxes) == 2 and boxes[0].length is not None:
            first, second = (self.objects[next(iter(side))] for side in (left, right))
            if isinstance(first, Box) and isinstance(second, Box) and first.length is not None:
                for index in range(first.length):
                    self.put(frame, both, index, self.take(frame, first, index), replace=True)
                for index in range(second.length or 0):
                    self.put(frame, both, first.length + index, self.take(frame, second, index), replace=True)
                if second.length is not None:
                    both.length = first.length + second.length
                    return both.single
        for box in boxes:
            self.copy_into(frame, box, both)
        return both.single

    def copy_into(self, frame: Frame, source: Box, target: Box) -> None:
        """Store every element of one container into another: key by key for dicts."""
        if source.type == "dict" and target.type == "dict":
            self.read(source.shape)
            keys = dict.fromkeys(source.fields)
            keys.update(dict.fromkeys(frame.stored.get(source.id, ())))
            for key in keys:
                self.put(frame, target, key, self._held(frame, source, key), replace=True)
        else:
            self.put(frame, target, ANY, self.take(frame, source, None), replace=False)

    def _unary(self, frame: Frame, node: Node) -> Values:
        operand = self.eval(frame, node[2])
        if node[1] == "not":
            self.truth(frame, operand, node[3])
            return self.number_any
        out = self.invoke_method(frame, operand, _UNARY[node[1]], [], node[3], "operator")
        for item in operand:
            if self.objects[item].kind in (EXTERNAL_INSTANCE, NUMBER):
                out = self.union(
                    out, self.number_any if self.objects[item].kind == NUMBER else self.objects[item].single
                )
        return out

    def truth(self, frame: Frame, values: Values, pos: int) -> None:
        """Call what a truth test calls: `__bool__`, else `__len__`."""
        for item in sorted(values):
            made = self.objects[item]
            if made.kind == INSTANCE and not self.invoke_method(frame, made.single, "__bool__", [], pos, "operator"):
                self.invoke_method(frame, made.single, "__len__", [], pos, "operator")

    def _compare(self, frame: Frame, node: Node) -> Values:
        operands = [self.eval(frame, o) for o in node[2]]
        out = self.number_any
        for operator, left, right in zip(node[1], operands, operands[1:], strict=False):
            name = _COMPARISONS.get(operator)
            if name is not None:
                result = self.invoke_method(frame, left, name, [right], node[3], "operator")
                if not result and name in _REFLECTED:
                    result = self.invoke_method(frame, right, _REFLECTED[name], [left], node[3], "operator")
                out = self.union(out, result)
                for item in left:
                    if self.objects[item].kind == EXTERNAL_INSTANCE:
                        out = self.union(out, self.objects[item].single)
            elif operator in ("in", "not in"):
                self.hash_into(frame, right, left, node[3])
                found = self.invoke_method(frame, right, "__contains__", [left], node[3], "operator")
                if not found:
                    self._scan(frame, right, node[3])
        return out

    def hash_into(self, frame: Frame, boxes: Values, values: Values, pos: int) -> None:
        """Call what looking a value up in containers calls: `__hash__` and `__eq__`, only `__eq__` for lists."""
        types = {b.type for b in (self.objects[i] for i in boxes) if isinstance(b, Box)}
        if types & {"set", "dict"}:
            self.invoke_method(frame, values, "__hash__", [], pos, "operator")
        if types:
            self.invoke_method(frame, values, "__eq__", [values], pos, "operator")

    def _scan(self, frame: Frame, values: Values, pos: int) -> None:
        for item in sorted(values):
            if self.objects[item].kind == INSTANCE:
                self.iterate(frame, self.objects[item].single, pos)
