"""Expressions of an `ast` tree as the compact trees of `decompose.ir.facts`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from decompose.ir import facts as f
from decompose.ir.facts import Node, ParameterFact
from decompose.source.extract_names import Names, place, place_of_name

MAX_DEPTH = 150
"""Nesting of expressions that is kept; deeper ones become `OPAQUE`."""
MAX_OPERATORS = 60
"""Operators of one `a + b + …` chain that are kept; of a longer one only the operands are."""

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.FloorDiv: "//",
    ast.UAdd: "+", ast.USub: "-", ast.Not: "not", ast.Invert: "~", ast.And: "and", ast.Or: "or",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


class Expressions(Names):
    """Turns expressions, targets and parameters into trees."""

    def target(self, node: ast.expr) -> Node:
        kind = type(node)
        if kind is ast.Name:
            self.bind(node.id)  # type: ignore[attr-defined]
            return [f.NAME, node.id]  # type: ignore[attr-defined]
        if kind is ast.Tuple or kind is ast.List:
            return [f.SEQ, place(node), "tuple", [self.target(e) for e in node.elts]]  # type: ignore[attr-defined]
        if kind is ast.Starred:
            return [f.STAR, self.target(node.value)]  # type: ignore[attr-defined]
        return self.expr(node)

    # -- expressions ------------------------------------------------------------------------------------------------

    def expr(self, node: ast.expr) -> Node:
        kind = type(node)
        handler = _EXPRESSIONS.get(kind)
        if handler is None:
            return [f.OPAQUE]
        if self.depth > MAX_DEPTH:
            self.truncated += 1
            return [f.OPAQUE]
        if kind is ast.Name or kind is ast.Constant:  # most of all expressions, and without anything inside
            return handler(self, node)
        self.depth += 1
        tree = handler(self, node)
        self.depth -= 1
        return tree

    def e_constant(self, node: ast.Constant) -> Node:
        value = node.value
        if type(value) is str:
            return [f.STR, value if len(value) <= 1000 else value[:1000]]
        if value is None:
            return [f.NONE]
        if isinstance(value, bool | float) or (isinstance(value, int) and -(1 << 62) < value < 1 << 62):
            return [f.NUM, value]
        return [f.OPAQUE]

    def e_name(self, node: ast.Name) -> Node:
        name = node.id
        scope = self.scope
        scope.reads[name] = None
        if scope.loops and name not in self.seen:
            self.carried.append(name)
        return [f.NAME, name]

    def e_attribute(self, node: ast.Attribute) -> Node:
        return [f.ATTR, self.expr(node.value), node.attr, place_of_name(node)]

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
        return [f.SUB, self.expr(node.value), self.expr(node.slice), place(node)]

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
            tree = [f.BIN, OPERATORS[type(link.op)], tree, self.expr(link.right), place(link)]
        self.depth -= len(chain)
        return tree

    def e_unary(self, node: ast.UnaryOp) -> Node:
        operand = node.operand
        if type(node.op) is ast.USub and type(operand) is ast.Constant and isinstance(operand.value, int | float):
            return [f.NUM, -operand.value] if abs(operand.value) < 1 << 62 else [f.OPAQUE]
        return [f.UNARY, OPERATORS[type(node.op)], self.expr(operand), place(node)]

    def e_compare(self, node: ast.Compare) -> Node:
        operands = [self.expr(node.left), *(self.expr(c) for c in node.comparators)]
        return [f.CMP, [OPERATORS[type(o)] for o in node.ops], operands, place(node)]

    def e_bool(self, node: ast.BoolOp) -> Node:
        return [f.BOOL, OPERATORS[type(node.op)], [self.expr(v) for v in node.values]]

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
            generators.append([target, iterable, [self.expr(c) for c in generator.ifs], place(generator.iter)])
        if isinstance(node, ast.DictComp):
            element, value = self.expr(node.key), self.expr(node.value)
        else:
            element, value = self.expr(node.elt), None
        self.scope.loops -= 1
        for name in inner - bound:
            self.scope.bound.pop(name, None)
            self.scope.reads.pop(name, None)
        return [f.COMP, _COMPREHENSIONS[type(node)], element, value, generators, place(node)]

    def e_dict(self, node: ast.Dict) -> Node:
        items = [
            [self.expr(k) if k is not None else None, self.expr(v)] for k, v in zip(node.keys, node.values, strict=True)
        ]
        return [f.DICT, place(node), items]

    def e_seq(self, node: ast.List | ast.Tuple | ast.Set) -> Node:
        return [f.SEQ, place(node), _SEQUENCES[type(node)], [self.expr(e) for e in node.elts]]

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
        return [f.FSTR, parts, place(node), "".join(manners), formats]

    def e_await(self, node: ast.Await) -> Node:
        return [f.AWAIT, self.expr(node.value)]

    def e_yield(self, node: ast.Yield) -> Node:
        self.scope.fact.flags |= f.GENERATOR
        return [f.YIELD, self.expr(node.value) if node.value is not None else None]

    def e_yieldfrom(self, node: ast.YieldFrom) -> Node:
        self.scope.fact.flags |= f.GENERATOR
        return [f.YIELDFROM, self.expr(node.value), place(node)]

    # -- parameters and lambdas -----------------------------------------------------------------------------------------

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
            written(arg.annotation),
            written(default) if default is not None else None,
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

    def lambda_(self, node: ast.Lambda) -> Node:
        parameters = self.parameters(node.args)
        self.scope.lambdas += 1
        saved = self.enter()
        scope = self.open("lambda", f"<lambda{self.scope.lambdas}>", node)
        fact = scope.fact
        fact.parameters = parameters
        for parameter in parameters:
            scope.bound[parameter.name] = None
        fact.body = [[f.RETURN, self.expr(node.body), place(node.body)]]
        fact.statements = 1
        scope.returned = True
        self.close(scope)
        self.leave(saved)
        return [f.LAMBDA, scope.index]


_MANNERS = {114: "r", 97: "r", 115: "s"}
"""How a part of an f-string becomes text: `f` by `format`, `r` by `repr`, `s` by `str`."""
_SEQUENCES: dict[type[ast.AST], str] = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
_COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "gen",
}  # fmt: skip
_Handler = Callable[[Expressions, Any], Any]
_EXPRESSIONS: dict[type[ast.AST], _Handler] = {
    ast.Constant: Expressions.e_constant, ast.Name: Expressions.e_name, ast.Attribute: Expressions.e_attribute,
    ast.Call: Expressions.e_call, ast.Subscript: Expressions.e_subscript, ast.Slice: Expressions.e_slice,
    ast.BinOp: Expressions.e_bin, ast.UnaryOp: Expressions.e_unary, ast.Compare: Expressions.e_compare,
    ast.BoolOp: Expressions.e_bool, ast.IfExp: Expressions.e_ifexp, ast.NamedExpr: Expressions.e_walrus,
    ast.Starred: Expressions.e_starred, ast.Lambda: Expressions.lambda_, ast.ListComp: Expressions.e_comp,
    ast.SetComp: Expressions.e_comp, ast.DictComp: Expressions.e_comp, ast.GeneratorExp: Expressions.e_comp,
    ast.Dict: Expressions.e_dict, ast.List: Expressions.e_seq, ast.Tuple: Expressions.e_seq, ast.Set: Expressions.e_seq,
    ast.JoinedStr: Expressions.e_fstring, ast.Await: Expressions.e_await, ast.Yield: Expressions.e_yield,
    ast.YieldFrom: Expressions.e_yieldfrom,
}  # fmt: skip


def written(node: ast.expr | None) -> str:
    """Return an annotation or default as written, at most 200 characters of it."""
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


def _names(target: ast.expr) -> list[str]:
    return [n.id for n in ast.walk(target) if type(n) is ast.Name]
