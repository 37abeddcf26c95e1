"""Running statements: bindings versioned by assignment, branches joined, loops run until nothing is carried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph.deciding import decided
from decompose.graph.inherited import inner_box
from decompose.graph.matching import Matching
from decompose.graph.objects import (
    ANY,
    CLASS,
    EMPTY,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MAX_CONSTANTS,
    Box,
    Cell,
    Class,
    Frame,
    Instance,
    Values,
)
from decompose.graph.relays import Relay
from decompose.ir import facts as f
from decompose.ir.facts import Node

_AUGMENTED = {
    "+": "add", "-": "sub", "*": "mul", "@": "matmul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip


_FOR_CHECKERS = ([f.NAME, "TYPE_CHECKING"],)
"""Tests that hold for type checkers only: what a function does there never runs."""


class Statements(Matching):
    """Executes statement trees."""

    def execute_frame(self, frame: Frame) -> None:
        """Run the body of a frame with what its parameters hold."""
        if isinstance(frame, Relay):
            frame.pour(self)
            return
        scope = frame.scope
        env = frame.env = {}
        captured = scope.captured
        for parameter, cell in zip(scope.parameters, frame.parameters, strict=True):
            values = self.read(cell)
            if parameter.default is not None or parameter.annotation is not None:
                values = self.injected(frame, parameter, values)
            env[parameter.name] = values
            if captured and parameter.name in captured:
                self.capture(frame, parameter.name, values)
        if scope.kind == "module" and frame.module.facts.shell:
            self.run_shell_lines(frame)
        frame.ended = False
        for node in scope.body:
            _HANDLERS[node[0]](self, frame, node)
            if frame.ended:
                break
        self.flush(frame)
        if scope.kind == "module":
            self.publish(frame)

    def capture(self, frame: Frame, name: str, values: Values) -> None:
        """Make a local name visible to nested scopes."""
        cell = frame.cells.get(name)
        if cell is None:
            cell = frame.cells[name] = Cell()
        self.flow(cell, values)

    def publish(self, frame: Frame) -> None:
        """Make the module's current bindings visible to its functions and to other modules."""
        for name, values in frame.env.items():
            cell = frame.cells.get(name)
            if cell is None:
                cell = frame.cells[name] = Cell(values)
            elif values is not cell.values:
                self.flow(cell, values)

    def block(self, frame: Frame, body: list[Node]) -> None:
        """Run statements in order."""
        handlers = _HANDLERS
        for node in body:
            handlers[node[0]](self, frame, node)

    # -- binding ----------------------------------------------------------------------------------------------------

    def assign(self, frame: Frame, target: Node, values: Values) -> None:
        """Bind a target: a name, attribute, subscript, or a sequence of targets."""
        kind = target[0]
        if kind == f.NAME:
            self.assign_name(frame, target[1], values)
        elif kind == f.ATTR:
            self.store(frame, self.eval(frame, target[1]), target[2], values, target[3])
        elif kind == f.SUB:
            key = EMPTY if target[2][0] == f.SLICE else self.eval(frame, target[2])
            self.store_item(frame, self.eval(frame, target[1]), key, values, target[3])
        elif kind == f.SEQ:
            self._unpack(frame, target, values)
        elif kind == f.STAR:
            self.assign(frame, target[1], values)

    def assign_name(self, frame: Frame, name: str, values: Values) -> None:
        """Bind a name in the scope that it belongs to."""
        if len(values) > MAX_CONSTANTS:
            values = self.limited(values)
        scope = frame.scope
        if scope.global_names and name in scope.global_names:
            self._assign_outer(frame, self._top(frame), name, values)
            return
        if scope.nonlocal_names and name in scope.nonlocal_names:
            outer = frame.parent
            while outer is not None and (name not in outer.local_names or outer.scope.kind == "class"):
                outer = outer.parent
            if outer is not None:
                self._assign_outer(frame, outer, name, values)
            return
        frame.env[name] = values
        if scope.kind == "module":
            frame.pending[name] = None
        elif scope.kind == "function" and name in scope.captured:
            self.capture(frame, name, values)

    def _assign_outer(self, frame: Frame, outer: Frame, name: str, values: Values) -> None:
        """Bind a name of an enclosing frame from within."""
        if outer is frame:
            frame.env[name] = values
            return
        if outer.foreign is None:
            outer.foreign = {}
        self.flow(outer.foreign.setdefault(name, Cell()), values)
        self.capture(outer, name, values)

    @staticmethod
    def _top(frame: Frame) -> Frame:
        while frame.parent is not None:
            frame = frame.parent
        return frame

    def _unpack(self, frame: Frame, target: Node, values: Values) -> None:
        """Bind the elements of iterables to several targets, by position where positions are known."""
        targets = target[3]
        star = next((i for i, t in enumerate(targets) if t[0] == f.STAR), None)
        boxes = [self.objects[i] for i in sorted(values)]
        if not all(isinstance(b, Box) and b.type != "dict" for b in boxes) or not boxes:
            self._unpack_loosely(frame, target, values, star)
            return
        for index, each in enumerate(targets):
            out = EMPTY
            for box in boxes:
                assert isinstance(box, Box)
                if index == star:
                    out = self.union(out, self._starred(frame, box, star, len(targets), each))
                elif star is not None and index > star:
                    place = box.length - (len(targets) - index) if box.length is not None else None
                    out = self.union(out, self.take(frame, box, place))
                elif box.length is not None and index >= box.length:
                    continue
                else:
                    out = self.union(out, self.take(frame, box, index))
            self.assign(frame, each, out)

    def _starred(self, frame: Frame, box: Box, star: int, count: int, target: Node) -> Values:
        rest = self.box("list", (id(target), id(frame), box.id))
        frame.fresh[rest.id] = frame.block
        if box.length is None:
            self.put(frame, rest, ANY, self.take(frame, box, None), replace=False)
            return rest.single
        rest.length = max(box.length - count + 1, 0)
        for index in range(rest.length):
            self.put(frame, rest, index, self.take(frame, box, star + index), replace=True)
        return rest.single

    def _unpack_loosely(self, frame: Frame, target: Node, values: Values, star: int | None) -> None:
        parts = self.unpacked(frame, values, len(target[3]), target[1])
        for index, each in enumerate(target[3]):
            if index == star:
                rest = self.box("list", (id(each), id(frame)))
                self.put(frame, rest, ANY, parts[index], replace=False)
                self.assign(frame, each, rest.single)
            else:
                self.assign(frame, each, parts[index])

    def store_item(self, frame: Frame, base: Values, key: Values, values: Values, pos: int) -> None:
        """Run `base[key] = values`."""
        for item in sorted(base) if len(base) > 1 else base:
            made = self.objects[item]
            if isinstance(made, Box):
                keys = self.keys_of(key, made) if key else [None]
                for constant in keys:
                    if (constant is not None and made.type == "dict") or (
                        constant is not None and made.length is not None
                    ):
                        self.put(frame, made, constant, values, replace=len(keys) == 1 and len(base) == 1)
                    else:
                        self.put(frame, made, ANY, values, replace=False)
                        if made.type == "dict" and key:
                            self.flow(self.field(made, "\0keys"), key)
            elif made.kind == INSTANCE:
                self.invoke_method(frame, made.single, "__setitem__", [key, values], pos, "operator")
                held = None if self.find(made.cls, "__setitem__")[0] else inner_box(self, made)
                if held is not None:
                    self.store_item(frame, held.single, key, values, pos)
            elif made.kind not in (CLASS, EXTERNAL):
                self.flow(self.field(made, "[]"), values)

    # -- simple statements --------------------------------------------------------------------------------------------

    def _expression(self, frame: Frame, node: Node) -> None:
        self.eval(frame, node[1])

    def _assign(self, frame: Frame, node: Node) -> None:
        targets = node[1]
        if len(targets) == 1 and targets[0][0] == f.SEQ and node[2][0] == f.SEQ and self._pairwise(frame, node):
            return
        values = self.eval(frame, node[2])
        for target in targets:
            self.assign(frame, target, values)

    def _pairwise(self, frame: Frame, node: Node) -> bool:
        """Bind `a, b = x, y` without a tuple in between; False when the shapes differ."""
        targets, elements = node[1][0][3], node[2][3]
        if len(targets) != len(elements) or any(n[0] == f.STAR for n in (*targets, *elements)):
            return False
        for target, values in zip(targets, [self.eval(frame, e) for e in elements], strict=True):
            self.assign(frame, target, values)
        return True

    def _augment(self, frame: Frame, node: Node) -> None:
        _, target, operator, value, pos = node
        right = self.eval(frame, value)
        left = self.eval(frame, target)
        name = _AUGMENTED[operator]
        out = self.invoke_method(frame, left, f"__i{name}__", [right], pos, "operator")
        if not out:
            out = self.binary(frame, operator, left, right, pos, node)
        kept = frozenset(i for i in left if isinstance(self.objects[i], Box))
        for item in sorted(kept):
            box = self.objects[item]
            assert isinstance(box, Box)
            self.put(frame, box, ANY, self.iterate(frame, right, pos), replace=False)
        self.assign(frame, target, self.union(out, kept))

    def _annotated(self, frame: Frame, node: Node) -> None:
        _, target, annotation, value, _ = node
        if value is not None:
            values = self.eval(frame, value)
            if all(self.objects[i].kind == EXTERNAL_INSTANCE for i in values):
                values = self.union(values, self.annotated_values(frame, annotation))
            self.assign(frame, target, values)
        elif frame.scope.kind != "class":
            values = self.annotated_values(frame, annotation)
            if values:
                self.assign(frame, target, values)

    def _return(self, frame: Frame, node: Node) -> None:
        if node[1] is not None:
            values = self.eval(frame, node[1])
            self.flush(frame)
            self.flow(frame.result, values)

    def _raise(self, frame: Frame, node: Node) -> None:
        if node[1] is None:
            return
        values = self.eval(frame, node[1])
        classes = frozenset(i for i in values if self.objects[i].kind == CLASS)
        if classes:
            self.invoke(frame, classes, [], {}, node[3], node)
        if node[2] is not None:
            self.eval(frame, node[2])

    def _delete(self, frame: Frame, node: Node) -> None:
        for target in node[1]:
            if target[0] == f.SUB:
                base = self.eval(frame, target[1])
                self.invoke_method(frame, base, "__delitem__", [self.eval(frame, target[2])], target[3], "operator")
            elif target[0] == f.ATTR:
                base = self.eval(frame, target[1])
                self.delete_attribute(frame, base, target[2], target[3])
                self.invoke_method(frame, base, "__delattr__", [self.text(target[2])], target[3], "operator")

    def _assert(self, frame: Frame, node: Node) -> None:
        self.eval(frame, node[1])
        narrowed = self.narrowings(frame, node[1])
        if node[2] is not None:
            self.eval(frame, node[2])
        for name, values, _ in narrowed:
            frame.env[name] = values

    # -- compound statements ------------------------------------------------------------------------------------------

    def _if(self, frame: Frame, node: Node) -> None:
        _, test, body, orelse, _, flags = node
        if frame.scope.kind == "function" and test in _FOR_CHECKERS:
            self.block(frame, orelse)
            return
        self.truth(frame, self.eval(frame, test), 0)
        answer = decided(self, frame, test) if frame.is_use else None
        if answer is None:
            self._either(frame, node)
            frame.ended = False
        else:
            frame.ended = False
            self.block(frame, body if answer else orelse)
            frame.ended = frame.ended or bool(flags & (1 if answer else 2))

    def _either(self, frame: Frame, node: Node) -> None:
        """Run both branches of an `if`, and join what they leave."""
        _, test, body, orelse, names, flags = node
        narrowed = self.narrowings(frame, test)
        env = frame.env
        outer = frame.block
        before = [env.get(n) for n in names]
        restore = [(n, env.get(n)) for n, _, _ in narrowed]
        for name, values, _ in narrowed:
            env[name] = values
        frame.block = outer * 31 + 7 + len(names)
        self.block(frame, body)
        after_body = [env.get(n) for n in names]
        frame.restore(restore)
        for name, values in zip(names, before, strict=True):
            if values is None:
                env.pop(name, None)
            else:
                env[name] = values
        for name, _, otherwise in narrowed:
            if otherwise is not None:
                env[name] = otherwise
        frame.block = outer * 31 + 8 + len(names)
        self.block(frame, orelse)
        frame.restore((n, v) for n, v in restore if n not in names)
        frame.block = outer
        if flags & 1:
            if flags & 2 or not narrowed:
                return
            return
        for name, values in zip(names, after_body, strict=True):
            if values is None:
                continue
            env[name] = values if flags & 2 else self.union(env.get(name, EMPTY), values)
            if frame.scope.kind == "module":
                frame.pending[name] = None
            if frame.scope.kind == "function" and name in frame.scope.captured:
                self.capture(frame, name, values)

    def narrowings(self, frame: Frame, test: Node) -> list[tuple[str, Values, Values | None]]:
        """Return names that a test tells more of: their values where it holds, and where it does not."""
        if test[0] == f.BOOL and test[1] == "and":
            return [(n, v, None) for operand in test[2] for n, v, _ in self.narrowings(frame, operand)]
        if test[0] == f.UNARY and test[1] == "not":
            inner = self.narrowings(frame, test[2])
            return [(n, o, v) for n, v, o in inner if o is not None]
        if test[0] != f.CALL or test[2] != [f.NAME, "isinstance"] or len(test[3]) != 2 or test[3][0][0] != f.NAME:
            return []
        name = test[3][0][1]
        held = self.eval(frame, test[3][0])
        classes = self._classes_in(frame, self.eval(frame, test[3][1]))
        if not classes:
            return []
        inside = frozenset(i for i in held if self._is_any(i, classes))
        outside = held - inside
        if not inside:
            for item in sorted(classes):
                made = self.objects[item]
                if isinstance(made, Class):
                    inside |= self.open_instance(made)
        return [(name, inside or held, outside)]

    def _classes_in(self, frame: Frame, values: Values) -> Values:
        out = EMPTY
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Box):
                out = self.union(out, self.take(frame, made, None))
            elif made.kind in (CLASS, EXTERNAL):
                out = self.union(out, made.single)
        return out

    def _is_any(self, item: int, classes: Values) -> bool:
        made = self.objects[item]
        if not isinstance(made, Instance):
            return any(self.objects[c].kind == EXTERNAL for c in classes)
        return any(c.id in classes for c in made.cls.mro if isinstance(c, Class))

    def _for(self, frame: Frame, node: Node) -> None:
        _, target, iterable, body, orelse, names, carried, pos = node
        elements = self.iterate(frame, self.eval(frame, iterable), pos)
        self._loop(frame, names, carried, lambda: (self.assign(frame, target, elements), self.block(frame, body)))
        self.block(frame, orelse)

    def _while(self, frame: Frame, node: Node) -> None:
        _, test, body, orelse, names, carried = node
        self._loop(
            frame,
            names,
            carried,
            lambda: (self.truth(frame, self.eval(frame, test), 0), self.block(frame, body)),
        )
        self.block(frame, orelse)

    def _loop(self, frame: Frame, names: list[str], carried: list[str], turn: Callable[[], Any]) -> None:
        """Run a loop's body, again while values carried to the next turn still grow (three turns at most)."""
        env = frame.env
        before = {n: env.get(n) for n in names}
        outer = frame.block
        frame.block = outer * 31 + 3 + len(names)
        for _ in range(3):
            heads = [env.get(n) for n in carried]
            turn()
            for name in names:
                earlier = before[name]
                if earlier:
                    env[name] = self.union(earlier, env.get(name, EMPTY))
                    before[name] = env[name]
            if all(env.get(n) == head or not env.get(n) for n, head in zip(carried, heads, strict=True)):
                break
        frame.block = outer
        frame.ended = False

    def _try(self, frame: Frame, node: Node) -> None:
        _, body, handlers, orelse, final, names = node
        env = frame.env
        before = {n: env.get(n) for n in names}
        self.block(frame, body)
        after = {n: env.get(n) for n in names}
        self.block(frame, orelse)
        ends = [{n: env.get(n) for n in names}]
        for kind, name, inner, pos in handlers:
            for each in names:
                merged = self.union(before[each] or EMPTY, after[each] or EMPTY)
                env[each] = merged
                if not merged and before[each] is None and after[each] is None:
                    del env[each]
            caught = self.eval(frame, kind) if kind is not None else EMPTY
            if name:
                env[name] = self.exceptions_of(frame, caught, pos)
            self.block(frame, inner)
            if not (inner and inner[-1][0] in (f.RETURN, f.RAISE)):
                ends.append({n: env.get(n) for n in names})
        for each in names:
            merged = EMPTY
            for end in ends:
                merged = self.union(merged, end[each] or EMPTY)
            if merged or any(end[each] is not None for end in ends):
                env[each] = merged
                if frame.scope.kind == "module":
                    frame.pending[each] = None
        frame.ended = False
        self.block(frame, final)

    def exceptions_of(self, frame: Frame, classes: Values, pos: int) -> Values:
        """Return what a handler's name is bound to."""
        out = EMPTY
        for item in sorted(self._classes_in(frame, classes)):
            made = self.objects[item]
            if isinstance(made, Class):
                for instance in made.instances:
                    out = self.union(out, self.objects[instance].single)
                if not made.instances:
                    out = self.union(out, self.open_instance(made))
            else:
                out = self.union(out, self.external_instance(getattr(made, "name", ""), "exception").single)
        return out

    def _with(self, frame: Frame, node: Node) -> None:
        prefix = "__a" if node[3] else "__"
        for context, target, pos in node[1]:
            values = self.eval(frame, context)
            entered = self.enter_context(frame, values, prefix, pos)
            if target is not None:
                self.assign(frame, target, entered)
        self.block(frame, node[2])

    # -- match ------------------------------------------------------------------------------------------------------

    def _define(self, frame: Frame, node: Node) -> None:
        self.define(frame, node[1])

    def _define_class(self, frame: Frame, node: Node) -> None:
        self.define_class(frame, node[1])

    def _import(self, frame: Frame, node: Node) -> None:
        self.import_modules(frame, node)

    def _from(self, frame: Frame, node: Node) -> None:
        self.import_names(frame, node)


_HANDLERS: dict[int, Callable[[Any, Frame, Node], None]] = {
    f.EXPR: Statements._expression, f.ASSIGN: Statements._assign, f.AUG: Statements._augment,
    f.ANN: Statements._annotated, f.RETURN: Statements._return, f.IF: Statements._if, f.FOR: Statements._for,
    f.WHILE: Statements._while, f.TRY: Statements._try, f.WITH: Statements._with, f.RAISE: Statements._raise,
    f.DEF: Statements._define, f.CLASS: Statements._define_class, f.DEL: Statements._delete,
    f.IMPORT: Statements._import, f.FROM: Statements._from, f.MATCH: Statements._match, f.ASSERT: Statements._assert,
}  # fmt: skip
