"""One pass over an `ast` tree into the compact trees of `decompose.ir.facts`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact
from decompose.source.extract_expressions import OPERATORS, Expressions, written
from decompose.source.extract_names import place


class Extractor(Expressions):
    """Turns the tree of one file into scopes; use `extract`."""

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Node:
        decorators = [[self.expr(d), place(d)] for d in node.decorator_list]
        parameters = self.parameters(node.args)
        returns = self.annotation(node.returns)
        saved = self.enter()
        self.bind(node.name)
        scope = self.open("function", node.name, node)
        fact = scope.fact
        fact.decorators, fact.parameters, fact.returns = decorators, parameters, returns
        fact.returns_text = written(node.returns)
        fact.doc = _doc(node.body)
        if type(node) is ast.AsyncFunctionDef:
            fact.flags |= f.ASYNC
        for parameter in parameters:
            scope.bound[parameter.name] = None
        before = self.statements
        fact.body = self.block(node.body)
        fact.statements = self.statements - before
        self.close(scope)
        self.leave(saved)
        self.bind(node.name)
        return [f.DEF, scope.index]

    def class_(self, node: ast.ClassDef) -> Node:
        decorators = [[self.expr(d), place(d)] for d in node.decorator_list]
        bases = [self.expr(b) for b in node.bases]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        saved = self.enter()
        scope = self.open("class", node.name, node)
        fact = scope.fact
        fact.decorators, fact.bases, fact.keywords = decorators, bases, keywords
        fact.doc = _doc(node.body)
        before = self.statements
        fact.body = self.block(node.body)
        fact.statements = self.statements - before
        self.close(scope)
        self.leave(saved)
        self.bind(node.name)
        return [f.CLASS, scope.index]

    # -- statements -------------------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> list[Node]:
        self.statements += len(body)
        out: list[Node] = []
        for node in body:
            handler = _STATEMENTS.get(type(node))
            if handler is not None:
                tree = handler(self, node)
                if tree is not None:
                    out.append(tree)
        return out

    def s_expr(self, node: ast.Expr) -> Node | None:
        if type(node.value) is ast.Constant:
            return None
        return [f.EXPR, self.expr(node.value)]

    def s_assign(self, node: ast.Assign) -> Node:
        value = self.expr(node.value)
        return [f.ASSIGN, [self.target(t) for t in node.targets], value, place(node)]

    def s_aug(self, node: ast.AugAssign) -> Node:
        value = self.expr(node.value)
        if type(node.target) is ast.Name:
            self.read(node.target.id)
        return [f.AUG, self.target(node.target), OPERATORS[type(node.op)], value, place(node)]

    def s_ann(self, node: ast.AnnAssign) -> Node:
        value = self.expr(node.value) if node.value is not None else None
        return [f.ANN, self.target(node.target), self.annotation(node.annotation), value, place(node)]

    def s_return(self, node: ast.Return) -> Node:
        if node.value is not None and not (type(node.value) is ast.Constant and node.value.value is None):
            self.scope.returned = True
        return [f.RETURN, self.expr(node.value) if node.value is not None else None, place(node)]

    def s_if(self, node: ast.If) -> Node:
        test = self.expr(node.test)
        start = len(self.binds)
        body = self.block(node.body)
        orelse = self.block(node.orelse)
        flags = _ends(node.body) | (_ends(node.orelse) << 1)
        return [f.IF, test, body, orelse, sorted(set(self.binds[start:])), flags]

    def loop(
        self, target: ast.expr | None, body: list[ast.stmt]
    ) -> tuple[Node | None, list[Node], list[str], list[str]]:
        """Return target, body, names bound, and names that carry a value from one round to the next."""
        bound_before, self.binds = self.binds, []
        seen_before, self.seen = self.seen, set()
        watched, self.carried = self.carried, []
        self.scope.loops += 1
        place = self.target(target) if target is not None else None
        trees = self.block(body)
        self.scope.loops -= 1
        names = sorted(set(self.binds))
        carried = sorted(set(self.carried) & set(names))
        self.carried = watched + [name for name in self.carried if name not in seen_before]
        self.binds = bound_before + self.binds
        self.seen |= seen_before
        return place, trees, names, carried

    def s_for(self, node: ast.For | ast.AsyncFor) -> Node:
        iterable = self.expr(node.iter)
        target, body, names, carried = self.loop(node.target, node.body)
        orelse = self.block(node.orelse)
        return [f.FOR, target, iterable, body, orelse, names, carried, place(node.iter)]

    def s_while(self, node: ast.While) -> Node:
        self.scope.loops += 1
        start = len(self.carried)
        test = self.expr(node.test)
        read = set(self.carried[start:])
        self.scope.loops -= 1
        _, body, names, carried = self.loop(None, node.body)
        return [f.WHILE, test, body, self.block(node.orelse), names, sorted(set(carried) | (read & set(names)))]

    def s_try(self, node: ast.Try) -> Node:
        start = len(self.binds)
        body = self.block(node.body)
        handlers = []
        for handler in node.handlers:
            kind = self.expr(handler.type) if handler.type is not None else None
            if handler.name:
                self.bind(handler.name)
            handlers.append([kind, handler.name, self.block(handler.body), place(handler)])
        orelse = self.block(node.orelse)
        final = self.block(node.finalbody)
        return [f.TRY, body, handlers, orelse, final, sorted(set(self.binds[start:]))]

    def s_with(self, node: ast.With | ast.AsyncWith) -> Node:
        items = []
        for item in node.items:
            context = self.expr(item.context_expr)
            target = self.target(item.optional_vars) if item.optional_vars is not None else None
            items.append([context, target, place(item.context_expr)])
        return [f.WITH, items, self.block(node.body), type(node) is ast.AsyncWith]

    def s_raise(self, node: ast.Raise) -> Node:
        exception = self.expr(node.exc) if node.exc is not None else None
        cause = self.expr(node.cause) if node.cause is not None else None
        return [f.RAISE, exception, cause, place(node)]

    def s_delete(self, node: ast.Delete) -> Node:
        return [f.DEL, [self.expr(t) for t in node.targets]]

    def s_import(self, node: ast.Import) -> Node:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])
        return [f.IMPORT, [[a.name, a.asname] for a in node.names], place(node)]

    def s_from(self, node: ast.ImportFrom) -> Node:
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name)
        return [f.FROM, node.module or "", node.level, [[a.name, a.asname] for a in node.names], place(node)]

    def s_global(self, node: ast.Global) -> None:
        self.scope.fact.global_names.extend(node.names)

    def s_nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.fact.nonlocal_names.extend(node.names)

    def s_assert(self, node: ast.Assert) -> Node:
        return [f.ASSERT, self.expr(node.test), self.expr(node.msg) if node.msg is not None else None]

    def s_match(self, node: ast.Match) -> Node:
        subject = self.expr(node.subject)
        start = len(self.binds)
        cases = []
        for case in node.cases:
            pattern = self.pattern(case.pattern)
            guard = self.expr(case.guard) if case.guard is not None else None
            cases.append([pattern, guard, self.block(case.body)])
        return [f.MATCH, subject, cases, sorted(set(self.binds[start:])), place(node)]

    def pattern(self, node: ast.pattern) -> Node:
        match node:
            case ast.MatchValue():
                return [f.P_VALUE, self.expr(node.value)]
            case ast.MatchClass():
                return [
                    f.P_CLASS,
                    self.expr(node.cls),
                    [self.pattern(p) for p in node.patterns],
                    node.kwd_attrs,
                    [self.pattern(p) for p in node.kwd_patterns],
                ]
            case ast.MatchSequence():
                return [f.P_SEQUENCE, [self.pattern(p) for p in node.patterns]]
            case ast.MatchMapping():
                if node.rest:
                    self.bind(node.rest)
                return [
                    f.P_MAPPING,
                    [self.expr(k) for k in node.keys],
                    [self.pattern(p) for p in node.patterns],
                    node.rest,
                ]
            case ast.MatchOr():
                return [f.P_OR, [self.pattern(p) for p in node.patterns]]
            case ast.MatchAs():
                if node.name:
                    self.bind(node.name)
                return [f.P_AS, self.pattern(node.pattern) if node.pattern is not None else None, node.name]
            case ast.MatchStar():
                if node.name:
                    self.bind(node.name)
                return [f.P_STAR, node.name]
        return [f.P_VALUE, [f.OPAQUE]]


_Handler = Callable[[Extractor, Any], Any]
_STATEMENTS: dict[type[ast.AST], _Handler] = {
    ast.Expr: Extractor.s_expr, ast.Assign: Extractor.s_assign, ast.AugAssign: Extractor.s_aug,
    ast.AnnAssign: Extractor.s_ann, ast.Return: Extractor.s_return, ast.If: Extractor.s_if,
    ast.For: Extractor.s_for, ast.AsyncFor: Extractor.s_for, ast.While: Extractor.s_while,
    ast.Try: Extractor.s_try, ast.TryStar: Extractor.s_try, ast.With: Extractor.s_with,
    ast.AsyncWith: Extractor.s_with, ast.Raise: Extractor.s_raise, ast.Delete: Extractor.s_delete,
    ast.Import: Extractor.s_import, ast.ImportFrom: Extractor.s_from, ast.Global: Extractor.s_global,
    ast.Nonlocal: Extractor.s_nonlocal, ast.Assert: Extractor.s_assert, ast.Match: Extractor.s_match,
    ast.FunctionDef: Extractor.function, ast.AsyncFunctionDef: Extractor.function, ast.ClassDef: Extractor.class_,
}  # fmt: skip


def extract(tree: ast.Module, lines: int) -> tuple[list[ScopeFact], int]:
    """Return the scopes of a file (module body first) and the number of expressions too deep to keep.

    Args:
        tree: The parsed file.
        lines: Number of its lines.
    """
    extractor = Extractor()
    scope = extractor.open("module", "<module>", tree, lines=lines)
    scope.fact.doc = _doc(tree.body)
    scope.fact.body = extractor.block(tree.body)
    scope.fact.statements = extractor.statements
    extractor.close(scope)
    return [s.fact for s in extractor.scopes], extractor.truncated


def import_statements(tree: ast.Module) -> int:
    """Return how many statements beyond imports, definitions and docstrings run when the file is imported."""
    skipped = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = [s for s in tree.body if not isinstance(s, skipped) and not _is_docstring(s) and not is_main_block(s)]
    return _count(body)


def is_main_block(node: ast.stmt) -> bool:
    """Return whether the statement is `if __name__ == "__main__":`."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    named = any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides)
    return named and any(isinstance(s, ast.Constant) and s.value == "__main__" for s in sides)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _doc(body: list[ast.stmt]) -> str:
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        value = body[0].value.value
        if isinstance(value, str):
            return value.strip().partition("\n")[0].strip()[:200]
    return ""


def _count(body: list[ast.stmt]) -> int:
    """Return the number of statements, nested ones included."""
    total = 0
    stack = list(body)
    while stack:
        node = stack.pop()
        total += 1
        for field in ("body", "orelse", "finalbody"):
            stack.extend(getattr(node, field, ()))
        for holder in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            stack.extend(holder.body)
    return total


def _ends(body: list[ast.stmt]) -> int:
    return int(bool(body) and type(body[-1]) in (ast.Return, ast.Raise))
