"""One walk over a function, statement by statement.

The walk is flow-sensitive: names carry tags (`ir.effects`), branches are merged, a loop body is walked once. Reads and
changes of each object are noted in order, so that "is it read after this call" has an answer.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from decompose.ir.effects import ArgumentFact, CallFact, FunctionEffects
from decompose.source import effect_tables as tables
from decompose.source.effect_expressions import Expressions
from decompose.source.effect_state import LITERAL, NOTHING, ORIGINS, Call, Tags

_LASTING = ("attribute:", "global:", "imported:")


@dataclass(slots=True)
class Walker(Expressions):
    """The walk over one function or module body."""

    def body(self, statements: Iterable[ast.stmt]) -> None:
        """Walk statements in order."""
        for statement in statements:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)

    def s_expr(self, node: ast.Expr) -> None:
        """Walk an expression statement."""
        self.value(node.value)

    def s_assign(self, node: ast.Assign) -> None:
        """Walk an assignment."""
        tags = self.value(node.value)
        if self.is_module:
            self.defines(node.targets[0], node.value, tags)
        for target in node.targets:
            self.bind(target, tags, node.value)

    def s_annotated(self, node: ast.AnnAssign) -> None:
        """Walk an annotated assignment."""
        if node.value is not None:
            tags = self.value(node.value)
            if self.is_module:
                self.defines(node.target, node.value, tags)
            self.bind(node.target, tags, node.value)

    def defines(self, target: ast.expr, source: ast.expr, tags: Tags) -> None:
        """Note a module-level variable whose value is computed on import, or lives in a context."""
        if not isinstance(target, ast.Name):
            return
        for tag in tags:
            if tag.startswith("context:"):
                self.effect("defines", target.id, target.lineno, tag)
        calls = [part for part in ast.walk(source) if isinstance(part, ast.Call)]
        if any(self.dotted(call.func) not in tables.PLAIN_MAKERS for call in calls):
            self.effect("defines", target.id, target.lineno, "computed")

    def s_augmented(self, node: ast.AugAssign) -> None:
        """Walk `x += y`."""
        tags = self.value(node.value)
        target, line = node.target, node.lineno
        if isinstance(target, ast.Name):
            self.augment_name(target, node, tags)
        elif isinstance(target, ast.Attribute):
            self.augment_attribute(target, line)
        else:
            dotted = self.dotted(target.value)
            into = self.value(target.value)
            self.value(target.slice)
            self.change(into, line, "increment" if not dotted else "item")

    def augment_name(self, target: ast.Name, node: ast.AugAssign, tags: Tags) -> None:
        """Note `x += …`: a change in place of lists, sets and arrays, a new value for numbers and text."""
        line = node.lineno
        if target.id in self.globals:
            self.effect("global_store", target.id, line, "increment")
            self.file.changed_globals.add(target.id)
            return
        known = self.env.get(target.id, NOTHING)
        self.read(known)
        annotation = set(self.annotations.get(target.id, "").split())
        if "element" in known or annotation & tables.IMMUTABLE_ANNOTATIONS:
            self.env[target.id] = NOTHING
            return
        is_container = isinstance(node.value, ast.List | ast.ListComp | ast.Set | ast.SetComp) or bool(
            annotation & tables.MUTABLE_ANNOTATIONS
        )
        if is_container or isinstance(node.op, ast.BitOr | ast.MatMult):
            self.change(known, line, "augmented")
        elif any(t.startswith("parameter:") for t in known):
            self.change(known, line, "augmented", is_certain=False)
        else:
            self.change(frozenset(t for t in known if t.startswith("object:")), line, "augmented")

    def augment_attribute(self, target: ast.Attribute, line: int) -> None:
        """Note `x.a += …`."""
        base = target.value
        if isinstance(base, ast.Name) and self.receiver and base.id == self.receiver:
            self.effect("mutates_parameter", self.receiver, line, f"{target.attr} increment")
            self.file.changed_attributes.add((self.class_name, target.attr))
            return
        dotted = self.dotted(base)
        if dotted or (isinstance(base, ast.Name) and base.id in self.file.classes and base.id not in self.env):
            self.effect("global_store", f"{dotted or getattr(base, 'id', '')}.{target.attr}", line, "increment")
            return
        self.change(self.value(base), line, "increment")

    def s_return(self, node: ast.Return) -> None:
        """Walk a `return`."""
        tags = self.value(node.value)
        if isinstance(node.value, ast.Tuple):
            self.keep_closures(node.value)
        left_out = ORIGINS if "element" in tags else ("object:",)
        self.returns |= {t for t in tags if not t.startswith((*left_out, "text:", "member:")) and t != "element"}
        for tag in tags:
            if tag.startswith("closure:"):
                self.escape(tag, node.lineno)

    def keep_closures(self, node: ast.Tuple) -> None:
        """Note closures that leave in a tuple."""
        for element in node.elts:
            if isinstance(element, ast.Name):
                for tag in self.env.get(element.id, NOTHING):
                    self.escape(tag, node.lineno)

    def s_branch(self, node: ast.If) -> None:
        """Walk an `if`."""
        self.value(node.test)
        if self.is_module and isinstance(node.test, ast.Compare) and ast.unparse(node.test.left) == "__name__":
            self.around.append("main_block")
            self.body(node.body)
            self.around.pop()
        else:
            self.branches([node.body, node.orelse])

    def branches(self, bodies: Iterable[list[ast.stmt]]) -> None:
        """Walk alternatives from the same start and merge what they leave."""
        start = self.env
        ends: list[dict[str, Tags]] = []
        for body in bodies:
            self.env = dict(start)
            self.body(body)
            if not (body and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)):
                ends.append(self.env)
        merged = ends[0] if ends else dict(start)
        for other in ends[1:]:
            for name, tags in other.items():
                known = merged.get(name)
                merged[name] = tags if known is None or known == tags else known | tags
        self.env = merged

    def s_for(self, node: Any) -> None:
        """Walk a `for`, its body once."""
        tags = self.value(node.iter)
        self.iterate(tags, node.lineno)
        mark = "loop:data" if self.is_over_data(node.iter, tags) or "loop" in self.around else "loop"
        begin = self.order
        self.loops.append(begin)
        self.around.append(mark)
        is_retry = mark == "loop" and any(isinstance(s, ast.Try) for s in node.body)
        if is_retry:
            self.around.append("retried")
        self.bind(node.target, self.element(tags))
        self.body(node.body)
        del self.around[len(self.around) - 1 - is_retry :]
        self.loops.pop()
        self.spans.append((begin, self.order))
        self.body(node.orelse)

    def s_while(self, node: ast.While) -> None:
        """Walk a `while`, its body once."""
        begin = self.order
        self.loops.append(begin)
        self.around.append("loop:data" if "loop" in self.around else "loop")
        self.value(node.test)
        self.body(node.body)
        self.around.pop()
        self.loops.pop()
        self.spans.append((begin, self.order))
        self.body(node.orelse)

    def s_try(self, node: Any) -> None:
        """Walk a `try` with its handlers."""
        caught: list[str] = []
        for handler in node.handlers:
            caught += self.handler_types(handler)
        marks = [f"catches:{name}" for name in caught]
        for name in caught:
            self.effect("catches", name, node.lineno)
        if any(self.rolls_back(handler) for handler in node.handlers):
            marks.append("transaction")
        self.around += marks
        self.body(node.body)
        del self.around[len(self.around) - len(marks) :]
        self.body(node.orelse)
        handled = self.handled
        for handler in node.handlers:
            self.handled = tuple(self.handler_types(handler))
            saved = dict(self.env)
            if handler.name:
                self.env[handler.name] = NOTHING
            self.body(handler.body)
            for name, tags in saved.items():
                self.env[name] = self.env.get(name, NOTHING) | tags
        self.handled = handled
        self.body(node.finalbody)

    def rolls_back(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler takes a transaction back."""
        return any(isinstance(n, ast.Attribute) and n.attr == "rollback" for s in handler.body for n in ast.walk(s))

    def handler_types(self, handler: ast.ExceptHandler) -> list[str]:
        """Return the qualified names of what a handler catches."""
        node = handler.type
        parts = node.elts if isinstance(node, ast.Tuple) else [node] if node is not None else []
        found = [self.exception_name(part) for part in parts]
        return [name for name in found if name] or ["BaseException"]

    def exception_name(self, node: ast.expr) -> str:
        """Return the qualified name of an exception class."""
        dotted = self.dotted(node)
        if dotted:
            return dotted.removeprefix("builtins.")
        return node.id if isinstance(node, ast.Name) and node.id not in self.env else ""

    def s_with(self, node: Any) -> None:
        """Walk a `with`."""
        marks = 0
        for item in node.items:
            self.around.append("entering")
            tags = self.value(item.context_expr)
            self.around.pop()
            for tag in tags:
                self.use(tag, "with")
                if tag.startswith("parameter:"):
                    self.effect("calls_parameter", tag[10:], node.lineno, "with")
            found = self.surroundings(item.context_expr, tags)
            self.around += found
            marks += len(found)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, tags or frozenset({self.new_object()}))
        self.body(node.body)
        del self.around[len(self.around) - marks :]

    def surroundings(self, node: ast.expr, tags: Tags) -> list[str]:
        """Return what a `with` block puts around its body."""
        dotted = self.dotted(node.func) if isinstance(node, ast.Call) else ""
        ambient = tables.AMBIENT_SETTERS.get(dotted)
        found = [f"ambient:{ambient}"] if ambient else []
        name = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
        elif isinstance(node, ast.Name | ast.Attribute):
            text = ast.unparse(node).rpartition(".")[2].lower()
            is_database = any(
                part in ("conn", "connection", "db", "txn", "transaction", "uow") for part in text.split("_")
            )
            name = "begin" if is_database or any(t.endswith("connect") for t in tags if t.startswith("handle:")) else ""
        if name in tables.TRANSACTION_METHODS or name in ("transaction",):
            self.effect("transaction", "begin", node.lineno)
            found.append("transaction")
        return found

    def s_raise(self, node: ast.Raise) -> None:
        """Walk a `raise`."""
        exc = node.exc
        if exc is None:
            for name in self.handled:
                self.effect("raises", name, node.lineno)
            return
        self.value(exc)
        self.value(node.cause)
        name = self.exception_name(exc.func if isinstance(exc, ast.Call) else exc)
        if name:
            self.effect("raises", name, node.lineno)

    def s_assert(self, node: ast.Assert) -> None:
        """Walk an `assert`."""
        self.value(node.test)
        self.value(node.msg)
        self.effect("may_raise", "AssertionError", node.lineno)

    def s_delete(self, node: ast.Delete) -> None:
        """Walk a `del`."""
        for target in node.targets:
            if isinstance(target, ast.Subscript | ast.Attribute):
                if self.dotted(target.value) == "os.environ":
                    self.effect("sets_ambient", "env", node.lineno, "os.environ")
                    continue
                self.change(self.value(target.value), node.lineno, "deleted")
            elif isinstance(target, ast.Name):
                self.env.pop(target.id, None)

    def s_global(self, node: ast.Global) -> None:
        """Remember names declared global."""
        self.globals |= set(node.names)

    def s_nonlocal(self, node: ast.Nonlocal) -> None:
        """Remember names declared nonlocal."""
        self.nonlocals |= set(node.names)

    def s_import(self, node: ast.Import) -> None:
        """Remember an import inside the function."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports[name] = alias.name if alias.asname else name
            self.env.pop(name, None)

    def s_from(self, node: ast.ImportFrom) -> None:
        """Remember a `from` import inside the function."""
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            name = alias.asname or alias.name
            self.imports[name] = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
            self.env.pop(name, None)

    def s_match(self, node: ast.Match) -> None:
        """Walk a `match` as alternatives."""
        tags = self.value(node.subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) if isinstance(pattern, ast.MatchAs | ast.MatchStar) else None
                if name:
                    self.env[name] = self.element(tags) or tags
        self.branches([case.body for case in node.cases])

    def s_function(self, node: Any) -> None:
        """Walk a function defined inside the function."""
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.value(default)
        if self.is_module:
            return
        qualname = f"{self.qualname}.{node.name}"
        inner = self.file.walk(node, qualname, outer=self)
        for tag in inner.outer_changes:
            self.change(frozenset({tag.removeprefix("outer:")}), node.lineno, f"through {node.name}")
        self.read(frozenset(tag.removeprefix("outer:") for tag in inner.captured))
        mark = f"closure:{qualname}"
        self.file.captures[mark] = tuple(
            sorted(t.removeprefix("outer:parameter:") for t in inner.captured if t.startswith("outer:parameter:"))
        )
        self.env[node.name] = frozenset({"callback:closure", mark})

    def s_class(self, node: ast.ClassDef) -> None:
        """Walk a class defined inside the function."""
        if not self.is_module:
            self.file.walk_class(node, f"{self.qualname}.{node.name}", outer=self)
            self.env[node.name] = frozenset({"callback:closure"})

    def finish(self) -> FunctionEffects:
        """Return what the walk found."""
        calls = tuple(self.call_fact(call) for call in self.calls)
        returns = tuple(sorted(self.returns - {"literal"}))
        return FunctionEffects(tuple(sorted(self.effects.values())), calls, returns)

    def call_fact(self, call: Call) -> CallFact:
        """Return one call with what becomes of its arguments afterwards."""
        node = call.node
        arguments = []
        for key, tags in call.arguments:
            later = self.later(call, tags)
            if tags - LITERAL:
                arguments.append(ArgumentFact(key, tuple(sorted(tags | later))))
            elif tags:
                arguments.append(ArgumentFact(key, ("literal",)))
        result = f"result:{node.lineno}:{node.col_offset}:{call.name}"
        if self.changes.get(result):
            call.uses.add("result_mutated")
        if self.reads.get(result):
            call.uses.add("result_read")
        if not self.reads.get(result) and not call.uses & {"iterated", "with"}:
            call.uses.add("result_direct")
        keywords = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
        positional = sum(not isinstance(arg, ast.Starred) for arg in node.args)
        return CallFact(
            node.lineno, node.col_offset, call.name, positional, keywords, tuple(arguments), tuple(sorted(call.uses))
        )

    def later(self, call: Call, tags: Tags) -> Tags:
        """Return `read_after` and `mutated_after` where they hold for an argument."""
        found = set()
        for tag in tags:
            if not tag.startswith(ORIGINS):
                continue
            if tag.startswith(_LASTING) or self.happens(self.reads.get(tag), call, tag):
                found.add("read_after")
            if self.happens(self.changes.get(tag), call, tag):
                found.add("mutated_after")
        return frozenset(found)

    def happens(self, orders: list[int] | None, call: Call, tag: str) -> bool:
        """Return whether something happens to an object after a call, or in the next round of a loop around it."""
        if not orders:
            return False
        if orders[-1] > call.order:
            return True
        made = self.created.get(tag, 0)
        return any(
            begin <= call.order <= end and made <= begin and any(begin < order <= end for order in orders)
            for begin, end in self.spans
        )


_STATEMENTS: dict[type[ast.AST], Callable[[Walker, Any], None]] = {
    ast.Expr: Walker.s_expr, ast.Assign: Walker.s_assign, ast.AnnAssign: Walker.s_annotated,
    ast.AugAssign: Walker.s_augmented, ast.Return: Walker.s_return, ast.If: Walker.s_branch, ast.For: Walker.s_for,
    ast.AsyncFor: Walker.s_for, ast.While: Walker.s_while, ast.Try: Walker.s_try, ast.TryStar: Walker.s_try,
    ast.With: Walker.s_with, ast.AsyncWith: Walker.s_with, ast.Raise: Walker.s_raise, ast.Assert: Walker.s_assert,
    ast.Delete: Walker.s_delete, ast.Global: Walker.s_global, ast.Nonlocal: Walker.s_nonlocal,
    ast.Import: Walker.s_import, ast.ImportFrom: Walker.s_from, ast.Match: Walker.s_match,
    ast.FunctionDef: Walker.s_function, ast.AsyncFunctionDef: Walker.s_function, ast.ClassDef: Walker.s_class,
}  # fmt: skip
