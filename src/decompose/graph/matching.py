"""`match` statements: what patterns bind and which own methods they run."""

from __future__ import annotations

from decompose.graph.core import Core
from decompose.graph.objects import (
    EMPTY,
    Box,
    Class,
    Frame,
    Instance,
    Values,
)
from decompose.ir import facts as f
from decompose.ir.facts import Node


class Matching(Core):
    """Runs `match` statements."""

    def _match(self, frame: Frame, node: Node) -> None:
        _, subject, cases, names, pos = node
        values = self.eval(frame, subject)
        env = frame.env
        before = {n: env.get(n) for n in names}
        ends: dict[str, Values] = {n: v or EMPTY for n, v in before.items()}
        for pattern, guard, body in cases:
            frame.restore(before.items())
            self._pattern(frame, pattern, values, pos)
            if guard is not None:
                self.eval(frame, guard)
            narrowed = self._narrow_subject(frame, subject, pattern, values)
            self.block(frame, body)
            if narrowed:
                env[subject[1]] = values
            for name in names:
                ends[name] = self.union(ends[name], env.get(name, EMPTY))
        for name in names:
            env[name] = ends[name]

    def _narrow_subject(self, frame: Frame, subject: Node, pattern: Node, values: Values) -> bool:
        if subject[0] != f.NAME or pattern[0] != f.P_CLASS:
            return False
        frame.env[subject[1]] = self._of_class(frame, pattern, values)
        return True

    def _of_class(self, frame: Frame, pattern: Node, values: Values) -> Values:
        classes = self._classes_in(frame, self.eval(frame, pattern[1]))
        inside = frozenset(i for i in values if self._is_any(i, classes))
        if not inside:
            for item in sorted(classes):
                made = self.objects[item]
                if isinstance(made, Class):
                    inside |= self.open_instance(made)
        return inside

    def _pattern(self, frame: Frame, pattern: Node, values: Values, pos: int) -> None:
        kind = pattern[0]
        if kind == f.P_AS:
            if pattern[1] is not None:
                self._pattern(frame, pattern[1], values, pos)
                if pattern[1][0] == f.P_CLASS:
                    values = self._of_class(frame, pattern[1], values)
            if pattern[2]:
                self.assign_name(frame, pattern[2], values)
        elif kind == f.P_CLASS:
            inside = self._of_class(frame, pattern, values)
            order = self._match_args(inside)
            for index, inner in enumerate(pattern[2]):
                part = self.load(frame, inside, order[index], pos) if index < len(order) else inside
                self._pattern(frame, inner, part, pos)
            for name, inner in zip(pattern[3], pattern[4], strict=True):
                self._pattern(frame, inner, self.load(frame, inside, name, pos), pos)
        elif kind == f.P_SEQUENCE:
            parts = self.unpacked(frame, values, len(pattern[1]), pos)
            boxes = [self.objects[i] for i in sorted(values) if isinstance(self.objects[i], Box)]
            for index, inner in enumerate(pattern[1]):
                part = parts[index]
                for box in boxes:
                    if isinstance(box, Box) and inner[0] != f.P_STAR:
                        part = self.union(part, self.take(frame, box, index))
                self._pattern(frame, inner, part, pos)
        elif kind == f.P_MAPPING:
            for key, inner in zip(pattern[1], pattern[2], strict=True):
                self._pattern(frame, inner, self.subscript(frame, values, self.eval(frame, key), pos), pos)
        elif kind == f.P_OR:
            for inner in pattern[1]:
                self._pattern(frame, inner, values, pos)
        elif kind == f.P_VALUE:
            constant = self.eval(frame, pattern[1])
            self.invoke_method(frame, values, "__eq__", [constant], pos, "operator")
        elif kind == f.P_STAR and pattern[1]:
            self.assign_name(frame, pattern[1], EMPTY)

    def _match_args(self, values: Values) -> list[str]:
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Instance):
                return list(made.cls.annotated)
        return []
