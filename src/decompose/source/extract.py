"""One pass over an `ast` tree into the compact trees of `decompose.ir.facts`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from decompose.ir import facts as f
from decompose.ir.facts import Node, ParameterFact, ScopeFact

MAX_DEPTH = 150
"""Nesting of expressions that is kept; deeper ones become `OPAQUE`."""
MAX_OPERATORS = 60
"""Operators of one `a + b + …` chain that are kept; of a longer one only the operands are."""
SMALL_STATEMENTS = 6
"""Functions of up to this many statements may be followed per call site."""

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.FloorDiv: "//",
    ast.UAdd: "+", ast.USub: "-", ast.Not: "not", ast.Invert: "~", ast.And: "and", ast.Or: "or",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


class _Scope:
    """A scope under construction."""

    __slots__ = ("bound", "fact", "free", "index", "lambdas", "loops", "parent", "reads", "returned")

    def __init__(self, index: int, parent: _Scope | None, fact: ScopeFact) -> None:
        self.index = index
        self.parent = parent
        self.fact = fact
        self.bound: dict[str, None] = {}
        self.reads: dict[str, None] = {}
        self.free: set[str] = set()
        self.lambdas = 0
        self.loops = 0
        self.returned = False


class Extractor:
    """Turns the tree of one file into scopes; use `extract`."""

    def __init__(self) -> None:
        self.scopes: list[_Scope] = []
        self.scope: _Scope = None  # type: ignore[assignment]
        self.depth = 0
        self.binds: list[str] = []
        self.seen: set[str] = set()
        self.carried: list[str] = []
        self.truncated = 0

    # -- scopes -----------------------------------------------------------------------------------------------------

    def open(self, kind: str, name: str, node: ast.AST, *, lines: int = 0) -> _Scope:
        parent = self.scope
        if parent is None:
            qualname = name
        else:
            outer = parent.fact.qualname
            qualname = name if parent.fact.kind == "module" else f"{outer}.{name}"
        pos = _pos(node) if kind != "module" else 1 << f.COLUMN_BITS
        fact = ScopeFact(
            kind, name, qualname, parent.index if parent else -1, pos, getattr(node, "end_lineno", None) or lines, []
        )
        scope = _Scope(len(self.scopes), parent, fact)
        self.scopes.append(scope)
        self.scope = scope
        return scope

    def close(self, scope: _Scope) -> None:
        fact = scope.fact
        outside = set(fact.global_names) | set(fact.nonlocal_names)
        own = {name for name in scope.bound if name not in outside}
        fact.local_names = sorted(own)
        if fact.kind == "class":
            free = scope.free | (scope.reads.keys() - own) | outside
        else:
            free = ((scope.free | scope.reads.keys()) - own) | outside
        if scope.returned:
            fact.flags |= f.RETURNS
        if fact.kind in {"function", "lambda"} and fact.statements <= SMALL_STATEMENTS:
            fact.flags |= f.SMALL
        self.scope = scope.parent  # type: ignore[assignment]
        if scope.parent is not None:
            scope.parent.free |= free
        if fact.kind != "class":
            fact.captured = sorted(own & scope.free)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Node:
        decorators = [[self.expr(d), _pos(d)] for d in node.decorator_list]
        parameters = self.parameters(node.args)
        returns = self.annotation(node.returns)
        saved = self.enter()
        self.bind(node.name)
        scope = self.open("function", node.name, node)
        fact = scope.fact
        fact.decorators, fact.parameters, fact.returns = decorators, parameters, returns
        fact.returns_text = _text(node.returns)
        fact.doc = _doc(node.body)
        if type(node) is ast.AsyncFunctionDef:
            fact.flags |= f.ASYNC
        for parameter in parameters:
            scope.bound[parameter.name] = None
        fact.body = self.block(node.body)
        fact.statements = _count(node.body)
        self.close(scope)
        self.leave(saved)
        self.bind(node.name)
        return [f.DEF, scope.index]

    def parameters(self, args: ast.arguments) -> list[ParameterFact]:
        out: list[ParameterFact] = []
        positional = args.posonlyargs + args.args
        required = len(positional) - len(args.defaults)
        for i, arg in enumerate(positional):
            kind = "positional_only" if i < len(args.posonlyargs) else "positional"
            out.append(self.parameter(arg, kind, args.defaults[i - required] if i >= required else None))
        if args.vararg:
            out.append(self.parameter(args.vararg, "var_positional", None))
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            out.append(self.parameter(arg, "keyword_only", default))
        if args.kwarg:
            out.append(self.parameter(args.kwarg, "var_keyword", None))
        return out

    def parameter(self, arg: ast.arg, kind: str, default: ast.expr | None) -> ParameterFact:
        if arg.annotation is None and default is None:
            return ParameterFact(arg.arg, kind)
        return ParameterFact(
            arg.arg,
            kind,
            self.annotation(arg.annotation),
            self.expr(default) if default is not None else None,
            _text(arg.annotation),
            _text(default) if default is not None else None,
        )

    def annotation(self, node: ast.expr | None) -> Node | None:
        """Return the tree of an annotation; a quoted one is parsed."""
        if node is None:
            return None
        if type(node) is ast.Constant and isinstance(node.value, str) and len(node.value) < 200:
            try:
                return self.expr(ast.parse(node.value.strip(), mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return [f.OPAQUE]
        return self.expr(node)

    def class_(self, node: ast.ClassDef) -> Node:
        decorators = [[self.expr(d), _pos(d)] for d in node.decorator_list]
        bases = [self.expr(b) for b in node.bases]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        saved = self.enter()
        scope = self.open("class", node.name, node)
        fact = scope.fact
        fact.decorators, fact.bases, fact.keywords = decorators, bases, keywords
        fact.doc = _doc(node.body)
        fact.body = self.block(node.body)
        fact.statements = _count(node.body)
        self.close(scope)
        self.leave(saved)
        self.bind(node.name)
        return [f.CLASS, scope.index]

    def lambda_(self, node: ast.Lambda) -> Node:
        parameters = self.parameters(node.args)
        self.scope.lambdas += 1
        saved = self.enter()
        scope = self.open("lambda", f"<lambda{self.scope.lambdas}>", node)
        fact = scope.fact
        fact.parameters = parameters
        for parameter in parameters:
            scope.bound[parameter.name] = None
        fact.body = [[f.RETURN, self.expr(node.body), _pos(node.body)]]
        fact.statements = 1
        scope.returned = True
        self.close(scope)
        self.leave(saved)
        return [f.LAMBDA, scope.index]

    # -- bookkeeping of names -----------------------------------------------------------------------------------------

    def enter(self) -> tuple[list[str], set[str], list[str]]:
        saved = (self.binds, self.seen, self.carried)
        self.binds, self.seen, self.carried = [], set(), []
        return saved

    def leave(self, saved: tuple[list[str], set[str], list[str]]) -> None:
        self.binds, self.seen, self.carried = saved

    def bind(self, name: str) -> None:
        self.scope.bound[name] = None
        self.binds.append(name)
        self.seen.add(name)

    # -- statements -------------------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> list[Node]:
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
        return [f.ASSIGN, [self.target(t) for t in node.targets], value, _pos(node)]

    def s_aug(self, node: ast.AugAssign) -> Node:
        value = self.expr(node.value)
        if type(node.target) is ast.Name:
            self.read(node.target.id)
        return [f.AUG, self.target(node.target), _OPERATORS[type(node.op)], value, _pos(node)]

    def s_ann(self, node: ast.AnnAssign) -> Node:
        value = self.expr(node.value) if node.value is not None else None
        return [f.ANN, self.target(node.target), self.annotation(node.annotation), value, _pos(node)]

    def s_return(self, node: ast.Return) -> Node:
        if node.value is not None and not (type(node.value) is ast.Constant and node.value.value is None):
            self.scope.returned = True
        return [f.RETURN, self.expr(node.value) if node.value is not None else None, _pos(node)]

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
        return [f.FOR, target, iterable, body, orelse, names, carried, _pos(node.iter)]

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
            handlers.append([kind, handler.name, self.block(handler.body), _pos(handler)])
        orelse = self.block(node.orelse)
        final = self.block(node.finalbody)
        return [f.TRY, body, handlers, orelse, final, sorted(set(self.binds[start:]))]

    def s_with(self, node: ast.With | ast.AsyncWith) -> Node:
        items = []
        for item in node.items:
            context = self.expr(item.context_expr)
            target = self.target(item.optional_vars) if item.optional_vars is not None else None
            items.append([context, target, _pos(item.context_expr)])
        return [f.WITH, items, self.block(node.body), type(node) is ast.AsyncWith]

    def s_raise(self, node: ast.Raise) -> Node:
        exception = self.expr(node.exc) if node.exc is not None else None
        cause = self.expr(node.cause) if node.cause is not None else None
        return [f.RAISE, exception, cause, _pos(node)]

    def s_delete(self, node: ast.Delete) -> Node:
        return [f.DEL, [self.expr(t) for t in node.targets]]

    def s_import(self, node: ast.Import) -> Node:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])
        return [f.IMPORT, [[a.name, a.asname] for a in node.names], _pos(node)]

    def s_from(self, node: ast.ImportFrom) -> Node:
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name)
        return [f.FROM, node.module or "", node.level, [[a.name, a.asname] for a in node.names], _pos(node)]

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
        return [f.MATCH, subject, cases, sorted(set(self.binds[start:])), _pos(node)]

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

    def target(self, node: ast.expr) -> Node:
        kind = type(node)
        if kind is ast.Name:
            self.bind(node.id)  # type: ignore[attr-defined]
            return [f.NAME, node.id]  # type: ignore[attr-defined]
        if kind is ast.Tuple or kind is ast.List:
            return [f.SEQ, _pos(node), "tuple", [self.target(e) for e in node.elts]]  # type: ignore[attr-defined]
        if kind is ast.Starred:
            return [f.STAR, self.target(node.value)]  # type: ignore[attr-defined]
        return self.expr(node)

    # -- expressions ------------------------------------------------------------------------------------------------

    def expr(self, node: ast.expr) -> Node:
        handler = _EXPRESSIONS.get(type(node))
        if handler is None:
            return [f.OPAQUE]
        if self.depth > MAX_DEPTH:
            self.truncated += 1
            return [f.OPAQUE]
        self.depth += 1
        tree = handler(self, node)
        self.depth -= 1
        return tree

    def read(self, name: str) -> None:
        self.scope.reads[name] = None
        self.carried.append(name)

    def e_constant(self, node: ast.Constant) -> Node:
        value = node.value
        if isinstance(value, str):
            return [f.STR, value if len(value) <= 1000 else value[:1000]]
        if value is None:
            return [f.NONE]
        if isinstance(value, bool | float) or (isinstance(value, int) and -(1 << 62) < value < 1 << 62):
            return [f.NUM, value]
        return [f.OPAQUE]

    def e_name(self, node: ast.Name) -> Node:
        name = node.id
        self.scope.reads[name] = None
        if self.scope.loops and name not in self.seen:
            self.carried.append(name)
        return [f.NAME, name]

    def e_attribute(self, node: ast.Attribute) -> Node:
        return [f.ATTR, self.expr(node.value), node.attr, _pos_end(node)]

    def e_call(self, node: ast.Call) -> Node:
        function = self.expr(node.func)
        arguments = [self.expr(a) for a in node.args]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        return [
            f.CALL,
            (node.lineno << 12) | min(node.col_offset, 4095),
            function,
            arguments,
            keywords,
            self.scope.loops,
        ]

    def e_subscript(self, node: ast.Subscript) -> Node:
        return [f.SUB, self.expr(node.value), self.expr(node.slice), _pos(node)]

    def e_slice(self, node: ast.Slice) -> Node:
        return [f.SLICE, *(self.expr(p) if p is not None else None for p in (node.lower, node.upper, node.step))]

    def e_bin(self, node: ast.BinOp) -> Node:
        chain = []
        left: ast.expr = node
        while type(left) is ast.BinOp:
            chain.append(left)
            left = left.left
        if len(chain) > MAX_OPERATORS:
            return [f.BOOL, "or", [self.expr(left), *(self.expr(link.right) for link in reversed(chain))]]
        self.depth += len(chain)
        tree = self.expr(left)
        for link in reversed(chain):
            tree = [f.BIN, _OPERATORS[type(link.op)], tree, self.expr(link.right), _pos(link)]
        self.depth -= len(chain)
        return tree

    def e_unary(self, node: ast.UnaryOp) -> Node:
        operand = node.operand
        if type(node.op) is ast.USub and type(operand) is ast.Constant and isinstance(operand.value, int | float):
            return [f.NUM, -operand.value] if abs(operand.value) < 1 << 62 else [f.OPAQUE]
        return [f.UNARY, _OPERATORS[type(node.op)], self.expr(operand), _pos(node)]

    def e_compare(self, node: ast.Compare) -> Node:
        operands = [self.expr(node.left), *(self.expr(c) for c in node.comparators)]
        return [f.CMP, [_OPERATORS[type(o)] for o in node.ops], operands, _pos(node)]

    def e_bool(self, node: ast.BoolOp) -> Node:
        return [f.BOOL, _OPERATORS[type(node.op)], [self.expr(v) for v in node.values]]

    def e_ifexp(self, node: ast.IfExp) -> Node:
        return [f.IFEXP, self.expr(node.test), self.expr(node.body), self.expr(node.orelse)]

    def e_walrus(self, node: ast.NamedExpr) -> Node:
        value = self.expr(node.value)
        self.bind(node.target.id)
        return [f.WALRUS, node.target.id, value]

    def e_starred(self, node: ast.Starred) -> Node:
        return [f.STAR, self.expr(node.value)]

    def e_comp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Node:
        self.scope.loops += 1
        bound = set(self.scope.bound)
        generators = []
        inner: set[str] = set()
        for generator in node.generators:
            iterable = self.expr(generator.iter)
            target = self.target(generator.target)
            inner.update(_names(generator.target))
            generators.append([target, iterable, [self.expr(c) for c in generator.ifs], _pos(generator.iter)])
        if isinstance(node, ast.DictComp):
            element, value = self.expr(node.key), self.expr(node.value)
        else:
            element, value = self.expr(node.elt), None
        self.scope.loops -= 1
        for name in inner - bound:
            self.scope.bound.pop(name, None)
            self.scope.reads.pop(name, None)
        return [f.COMP, _COMPREHENSIONS[type(node)], element, value, generators, _pos(node)]

    def e_dict(self, node: ast.Dict) -> Node:
        items = [
            [self.expr(k) if k is not None else None, self.expr(v)] for k, v in zip(node.keys, node.values, strict=True)
        ]
        return [f.DICT, _pos(node), items]

    def e_seq(self, node: ast.List | ast.Tuple | ast.Set) -> Node:
        return [f.SEQ, _pos(node), _SEQUENCES[type(node)], [self.expr(e) for e in node.elts]]

    def e_fstring(self, node: ast.JoinedStr) -> Node:
        parts: list[Node] = []
        manners: list[str] = []
        formats: list[Node] = []
        for value in node.values:
            manners.append(_MANNERS.get(value.conversion, "f") if isinstance(value, ast.FormattedValue) else "f")
            if isinstance(value, ast.FormattedValue):
                parts.append(self.expr(value.value))
                if value.format_spec is not None:
                    formats.append(self.expr(value.format_spec))
            else:
                parts.append(self.expr(value))
        return [f.FSTR, parts, _pos(node), "".join(manners), formats]

    def e_await(self, node: ast.Await) -> Node:
        return [f.AWAIT, self.expr(node.value)]

    def e_yield(self, node: ast.Yield) -> Node:
        self.scope.fact.flags |= f.GENERATOR
        return [f.YIELD, self.expr(node.value) if node.value is not None else None]

    def e_yieldfrom(self, node: ast.YieldFrom) -> Node:
        self.scope.fact.flags |= f.GENERATOR
        return [f.YIELDFROM, self.expr(node.value), _pos(node)]


_MANNERS = {114: "r", 97: "r", 115: "s"}
"""How a part of an f-string becomes text: `f` by `format`, `r` by `repr`, `s` by `str`."""
_SEQUENCES: dict[type[ast.AST], str] = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
_COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "gen",
}  # fmt: skip
_Handler = Callable[[Extractor, Any], Any]
_EXPRESSIONS: dict[type[ast.AST], _Handler] = {
    ast.Constant: Extractor.e_constant, ast.Name: Extractor.e_name, ast.Attribute: Extractor.e_attribute,
    ast.Call: Extractor.e_call, ast.Subscript: Extractor.e_subscript, ast.Slice: Extractor.e_slice,
    ast.BinOp: Extractor.e_bin, ast.UnaryOp: Extractor.e_unary, ast.Compare: Extractor.e_compare,
    ast.BoolOp: Extractor.e_bool, ast.IfExp: Extractor.e_ifexp, ast.NamedExpr: Extractor.e_walrus,
    ast.Starred: Extractor.e_starred, ast.Lambda: Extractor.lambda_, ast.ListComp: Extractor.e_comp,
    ast.SetComp: Extractor.e_comp, ast.DictComp: Extractor.e_comp, ast.GeneratorExp: Extractor.e_comp,
    ast.Dict: Extractor.e_dict, ast.List: Extractor.e_seq, ast.Tuple: Extractor.e_seq, ast.Set: Extractor.e_seq,
    ast.JoinedStr: Extractor.e_fstring, ast.Await: Extractor.e_await, ast.Yield: Extractor.e_yield,
    ast.YieldFrom: Extractor.e_yieldfrom,
}  # fmt: skip
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
    scope.fact.statements = _count(tree.body)
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


def _pos(node: Any) -> int:
    column = node.col_offset
    return (node.lineno << 12) | (column if column < 4096 else 4095)


def _pos_end(node: ast.Attribute) -> int:
    """Return the place of the attribute's name, so that links of a chain differ."""
    column = (node.end_col_offset or 0) - len(node.attr)
    return ((node.end_lineno or node.lineno) << 12) | (column if 0 <= column < 4096 else 4095)


def _text(node: ast.expr | None) -> str:
    if node is None:
        return ""
    kind = type(node)
    if kind is ast.Name:
        return node.id  # type: ignore[attr-defined]
    if kind is ast.Constant:
        return repr(node.value)[:200]  # type: ignore[attr-defined]
    try:
        return ast.unparse(node)[:200]
    except (RecursionError, ValueError):
        return ""


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


def _names(target: ast.expr) -> list[str]:
    return [n.id for n in ast.walk(target) if type(n) is ast.Name]
