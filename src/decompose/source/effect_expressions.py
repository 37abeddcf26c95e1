"""An abstract value for every expression, and what evaluating it does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from decompose.source import effect_tables as tables
from decompose.source.effect_binding import Bindings
from decompose.source.effect_calls import observe
from decompose.source.effect_scope import constant_path, is_sized_loop
from decompose.source.effect_state import CARRIED, INNER, LITERAL, NOTHING, ORIGINS, Call, Tags, held

_COMPUTED = ("large:", "exotic:", "type:", "rng")
_SIZED = ("large:", "handle:open", "handle:NamedTemporaryFile", "handle:TextIOWrapper")
"""Traits of what has as many elements as the data: tables, and lines of files."""
_BESIDE = ("zip", "enumerate", "tqdm", "reversed")
_SINGLETONS = (None, True, False, Ellipsis)
_PATH_MAKERS = ("os.path.join", "pathlib.Path", "pathlib.PurePath")
_MAX_LARGE_INT = 2**53


@dataclass(slots=True)
class Expressions(Bindings):
    """The part of a walk that evaluates expressions."""

    def name(self, node: ast.Name) -> Tags:
        """Return the value of a name that is read."""
        tags = self.env.get(node.id)
        if tags is None:
            tags = self.module_name(node)
        if tags:
            self.read(tags)
        return tags

    def module_name(self, node: ast.Name) -> Tags:
        """Return the value of a name that the function does not bind itself."""
        name = node.id
        imported = self.imports.get(name) or self.file.imports.get(name)
        if imported:
            if not self.is_module and not self.file.is_external(imported):
                self.effect("global_read", imported, node.lineno)
            return frozenset({f"imported:{imported}"})
        if name in self.file.functions:
            return frozenset({"callback:function", f"own:{name}"})
        if name in self.file.classes:
            return frozenset({"callback:class", f"own:{name}"})
        known = self.file.variables.get(name)
        if known is not None and not self.is_module:
            self.effect("global_read", name, node.lineno)
            return frozenset({f"global:{name}"}) | known
        return NOTHING

    def value(self, node: ast.expr | None) -> Tags:
        """Return the tags of an expression, noting everything that evaluating it does."""
        if node is None:
            return NOTHING
        handler = _EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return NOTHING

    def constant(self, node: ast.Constant) -> Tags:
        """Return the value of a literal."""
        value = node.value
        if type(value) is str:
            path = constant_path(value)
            return frozenset({"literal", f"text:{path}"}) if path else LITERAL
        if type(value) is bytes:
            return frozenset({"literal", "type:bytes"})
        if type(value) is complex:
            return frozenset({"literal", "type:complex"})
        if type(value) is int and abs(value) > _MAX_LARGE_INT:
            return frozenset({"literal", "type:big integer"})
        return LITERAL

    def attribute(self, node: ast.Attribute) -> Tags:
        """Return the value of `x.name`."""
        dotted = self.dotted(node)
        if dotted:
            return self.imported_value(dotted, node)
        base = node.value
        if type(base) is ast.Name and base.id == self.receiver and self.receiver:
            self.read(frozenset({f"attribute:{node.attr}"}))
            methods = self.file.classes.get(self.class_name, frozenset())
            if node.attr in methods:
                return frozenset({"callback:method", f"member:{node.attr}"})
            return frozenset({f"attribute:{node.attr}"}) | self.file.attributes.get(
                (self.class_name, node.attr), NOTHING
            )
        if type(base) is ast.Name and base.id in self.file.classes and base.id not in self.env:
            return self.class_attribute(base.id, node)
        tags = self.value(base)
        if "context:thread_local" in tags:
            self.effect("reads_ambient", "thread_local", node.lineno, ast.unparse(base))
        if node.attr == "T" and tags:
            return tags | {"exotic:non-contiguous"}
        if node.attr in tables.PLAIN_METHODS or not tags:
            return frozenset({f"member:{node.attr}"})
        return frozenset(t for t in tags if t.startswith(ORIGINS) or t.startswith(INNER)) | {
            "element",
            f"member:{node.attr}",
        }

    def class_attribute(self, name: str, node: ast.Attribute) -> Tags:
        """Return the value of an attribute that is read from a class of this file."""
        if node.attr in self.file.classes.get(name, frozenset()):
            return frozenset({"callback:function", f"own:{name}.{node.attr}"})
        self.effect("global_read", f"{name}.{node.attr}", node.lineno)
        if node.attr.isupper():
            return LITERAL | {f"own:{name}.{node.attr}"}
        return frozenset({f"global:{name}.{node.attr}"})

    def imported_value(self, dotted: str, node: ast.Attribute) -> Tags:
        """Return the value of `module.name`."""
        ambient = tables.AMBIENT_READERS.get(dotted)
        if ambient:
            self.effect("reads_ambient", ambient, node.lineno, dotted)
        if dotted in ("math.nan", "math.inf", "numpy.nan", "numpy.inf"):
            return frozenset({"literal", "type:not a number"})
        if not self.is_module and not self.file.is_external(dotted):
            self.effect("global_read", dotted, node.lineno)
        tags = frozenset({f"imported:{dotted}"})
        self.read(tags)
        return tags

    def subscript(self, node: ast.Subscript) -> Tags:
        """Return the value of `x[i]`."""
        dotted = self.dotted(node.value)
        if dotted == "os.environ":
            key = node.slice.value if isinstance(node.slice, ast.Constant) else ""
            self.effect("reads_env", str(key), node.lineno)
            self.effect("reads_ambient", "env", node.lineno, dotted)
            self.effect("may_raise", "KeyError", node.lineno)
        tags = self.value(node.value)
        self.value(node.slice)
        if not tags:
            return NOTHING
        if not isinstance(node.slice, ast.Constant | ast.Slice) or isinstance(getattr(node.slice, "value", 0), str):
            self.effect("may_raise", "KeyError", node.lineno, is_certain=False)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            self.effect("may_raise", "IndexError", node.lineno, is_certain=False)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(node, tags)
        if isinstance(node.slice, ast.Tuple) and any(
            isinstance(e, ast.Slice) and e.step is not None for e in node.slice.elts
        ):
            return tags | {"exotic:non-contiguous"}
        opened = frozenset(t.removeprefix(INNER) for t in tags if t.startswith((*ORIGINS, INNER)))
        return opened | {"element"} | frozenset(t for t in tags if t.startswith(CARRIED))

    def sliced(self, node: ast.Subscript, tags: Tags) -> Tags:
        """Return the value of `x[a:b]`: a view of an array, a copy of anything else."""
        step = node.slice.step if isinstance(node.slice, ast.Slice) else None
        if self.is_array(node.value):
            return tags | {"element"} | ({"exotic:non-contiguous"} if step is not None else NOTHING)
        return self.shallow(tags)

    def is_array(self, node: ast.expr) -> bool:
        """Return whether an expression is known to be an array, frame or tensor."""
        if isinstance(node, ast.Name):
            return bool(set(self.annotations.get(node.id, "").split()) & tables.ARRAY_ANNOTATIONS) or any(
                tag.startswith("large:") for tag in self.env.get(node.id, NOTHING)
            )
        return False

    def collection(self, node: Any) -> Tags:
        """Return the value of a list, tuple or set display."""
        found: set[str] = {self.new_object()}
        names: list[str] = []
        for element in node.elts:
            found |= held(self.value(element))
            if type(element) is ast.Name:
                names.append(element.id)
        if len(names) != len(set(names)):
            found.add("aliased")
        if type(node) is ast.Set:
            found.add("type:set")
        elif type(node) is ast.Tuple:
            found.add("type:tuple")
        return frozenset(found)

    def mapping(self, node: ast.Dict) -> Tags:
        """Return the value of a dict display."""
        found: set[str] = {self.new_object()}
        for key, item in zip(node.keys, node.values, strict=True):
            self.value(key)
            found |= held(self.value(item))
            if (isinstance(key, ast.Constant) and not isinstance(key.value, str)) or isinstance(key, ast.Tuple):
                found.add("type:dict with keys other than text")
        names = [item.id for item in node.values if type(item) is ast.Name]
        if len(names) != len(set(names)):
            found.add("aliased")
        return frozenset(found)

    def is_over_data(self, node: ast.expr, tags: Tags) -> bool:
        """Return whether what a loop goes over has the size of the data, by its form or by where it comes from."""
        if is_sized_loop(node, self.dotted) or any(t.startswith(_SIZED) for t in tags):
            return True
        is_beside = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _BESIDE
        return isinstance(node, ast.Call) and is_beside and any(map(self.is_part_of_data, node.args))

    def is_part_of_data(self, node: ast.expr) -> bool:
        """Return whether an expression is a name of something large, or a column of it."""
        base = node.value if isinstance(node, (ast.Subscript, ast.Attribute)) else node
        known = self.env.get(base.id, NOTHING) if isinstance(base, ast.Name) else NOTHING
        return any(tag.startswith(_SIZED) for tag in known)

    def comprehension(self, node: Any) -> Tags:
        """Return the value of a comprehension or generator expression."""
        saved = dict(self.env)
        begin = self.order
        self.loops.append(begin)
        marks = 0
        for generator in node.generators:
            tags = self.value(generator.iter)
            self.iterate(tags, node.lineno)
            self.around.append("loop:data" if self.is_over_data(generator.iter, tags) else "loop")
            marks += 1
            self.bind(generator.target, self.element(tags))
            for condition in generator.ifs:
                self.value(condition)
        if type(node) is ast.DictComp:
            self.value(node.key)
            inside = self.value(node.value)
        else:
            inside = self.value(node.elt)
        del self.around[len(self.around) - marks :]
        self.loops.pop()
        self.spans.append((begin, self.order))
        self.env = saved
        kind = {ast.GeneratorExp: "iterator", ast.SetComp: "type:set"}.get(type(node), "")
        carried = held(inside)
        if type(node) is ast.DictComp and _counts(node):
            carried.add("type:dict with keys other than text")
        return frozenset(carried | {self.new_object()} | ({kind} if kind else set()))

    def lambda_(self, node: ast.Lambda) -> Tags:
        """Return the value of a lambda, its body walked in place."""
        saved = dict(self.env)
        for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            self.env[arg.arg] = NOTHING
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.value(default)
        self.value(node.body)
        self.env = saved
        return frozenset({"callback:lambda"})

    def binary(self, node: ast.BinOp) -> Tags:
        """Return the value of an arithmetic expression or a path join."""
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and (text := self.path_of(node)):
            return frozenset({"literal", f"text:{text}"})
        if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            text = self.path_of(node)
            if text:
                return frozenset({f"text:{text}"})
            if isinstance(node.op, ast.Div | ast.FloorDiv) or not isinstance(node.left, ast.Constant):
                self.effect("may_raise", "ZeroDivisionError", node.lineno, is_certain=False)
        found = {t for t in left | right if t.startswith(_COMPUTED)}
        if (
            isinstance(node.op, ast.Mult)
            and isinstance(node.left, ast.List)
            and any(isinstance(e, ast.Name | ast.List) for e in node.left.elts)
        ):
            found.add("aliased")
        if found or not (left <= LITERAL and right <= LITERAL):
            found.add(self.new_object())
            return frozenset(found)
        return LITERAL

    def either(self, node: Any) -> Tags:
        """Return the value of `a or b` and `a if c else b`: what any part can be."""
        found: set[str] = set()
        parts = node.values if type(node) is ast.BoolOp else (node.body, node.orelse)
        if type(node) is ast.IfExp:
            self.value(node.test)
        for part in parts:
            found |= self.value(part)
        return frozenset(found - {"literal"}) or LITERAL

    def compare(self, node: ast.Compare) -> Tags:
        """Return the value of a comparison, noting identity tests."""
        operands = [node.left, *node.comparators]
        values = [self.value(operand) for operand in operands]
        for i, operator in enumerate(node.ops):
            if isinstance(operator, ast.Is | ast.IsNot):
                self.identity(operands[i : i + 2], values[i : i + 2], node.lineno)
        return LITERAL

    def identity(self, operands: list[ast.expr], values: list[Tags], line: int) -> None:
        """Note an `is` that asks whether two things are one object."""
        for operand in operands:
            if isinstance(operand, ast.Constant) and operand.value in _SINGLETONS:
                return
            if isinstance(operand, ast.Attribute) and operand.attr.isupper():
                return
            if isinstance(operand, ast.Call) and self.dotted(operand.func) == "builtins.type":
                return
            if self.dotted(operand).startswith("builtins.") or self.dotted(operand) == "enum":
                return
        for tags, other in ((values[0], operands[1]), (values[1], operands[0])):
            for tag in tags:
                if tag.startswith(("parameter:", "attribute:")) and tag != f"parameter:{self.receiver}":
                    self.effect("identity_test", tag.partition(":")[2], line, ast.unparse(other))
                self.use(tag, "identity_test")
                self.changes.setdefault(f"is:{tag}", []).append(self.order)

    def awaited(self, node: ast.Await) -> Tags:
        """Return the value of `await x`."""
        tags = self.value(node.value)
        for tag in tags:
            self.use(tag, "awaited")
        return tags

    def yielded(self, node: Any) -> Tags:
        """Note a `yield`."""
        tags = self.value(node.value)
        self.effect("yields", "", node.lineno)
        if type(node) is ast.YieldFrom:
            self.iterate(tags, node.lineno)
        return NOTHING

    def formatted(self, node: ast.JoinedStr) -> Tags:
        """Return the value of an f-string."""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.value(part.value)
        text = self.path_of(node)
        return frozenset({"literal", f"text:{text}"}) if text else LITERAL

    def walrus(self, node: ast.NamedExpr) -> Tags:
        """Return the value of `(x := y)`."""
        tags = self.value(node.value)
        self.bind(node.target, tags)
        return tags

    def starred(self, node: ast.Starred) -> Tags:
        """Return the value of `*x`."""
        return self.value(node.value)

    def unary(self, node: ast.UnaryOp) -> Tags:
        """Return the value of `-x` and `not x`."""
        return frozenset(t for t in self.value(node.operand) if t.startswith(_COMPUTED) or t == "literal")

    def path_of(self, node: ast.expr) -> str:
        """Return the path that an expression spells, unknown parts in braces; empty when it is none."""
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name():
                known = self.env.get(node.id, self.file.variables.get(node.id, NOTHING))
                return next((t[5:] for t in known if t.startswith("text:")), "{" + node.id + "}" if known else "")
            case ast.JoinedStr():
                parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
                return constant_path("".join(str(p) for p in parts))
            case ast.BinOp(op=ast.Div()):
                left, right = self.path_of(node.left), self.path_of(node.right)
                return f"{left.rstrip('/')}/{right}" if left and right else ""
            case ast.BinOp(op=ast.Add()):
                left, right = self.path_of(node.left), self.path_of(node.right)
                return constant_path(left + right) if left and right else ""
            case ast.Call() if self.dotted(node.func) in (*_PATH_MAKERS, "builtins.str"):
                found = [self.path_of(a) for a in node.args if not isinstance(a, ast.Starred)]
                return "/".join(part.rstrip("/") for part in found) if found and all(found) else ""
        return ""

    def call(self, node: ast.Call) -> Tags:
        """Return the value of a call, noting what it does."""
        func = node.func
        dotted = self.dotted(func)
        receiver = NOTHING
        if not dotted and isinstance(func, ast.Attribute):
            receiver = self.receiver_of(func)
        elif not dotted and not isinstance(func, ast.Name):
            self.value(func)
        elif not dotted:
            receiver = self.called_name(func, node)
        arguments: list[tuple[str, Tags]] = []
        for i, arg in enumerate(node.args):
            arguments.append(("*" if isinstance(arg, ast.Starred) else str(i), self.value(arg)))
        for keyword in node.keywords:
            arguments.append((keyword.arg or "**", self.value(keyword.value)))
        traits = observe(self, node, dotted, receiver, arguments)
        if dotted in _PATH_MAKERS and (text := self.path_of(node)):
            traits |= {f"text:{text}"}
        if dotted and self.file.is_external(dotted):
            return traits
        if isinstance(func, ast.Name):
            maker = self.env.get(func.id) or self.file.variables.get(func.id, NOTHING)
            traits |= {"type:tuple"} if "makes:tuple" in maker else NOTHING
            traits |= {tag.removeprefix("makes:") for tag in maker if tag.startswith("makes:handle:")}
        return traits | self.own_call(node, func, receiver, arguments)

    def receiver_of(self, func: ast.Attribute) -> Tags:
        """Return the value on which a method is called."""
        base = func.value
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
            return frozenset({f"parameter:{self.receiver}"}) if self.receiver else NOTHING
        return self.value(base)

    def called_name(self, func: ast.Name | ast.expr, node: ast.Call) -> Tags:
        """Note that a parameter is called; return nothing."""
        if isinstance(func, ast.Name):
            for tag in self.env.get(func.id, NOTHING):
                if tag.startswith("parameter:"):
                    self.effect("calls_parameter", tag[10:], node.lineno)
        return NOTHING

    def own_call(self, node: ast.Call, func: ast.expr, receiver: Tags, arguments: list[tuple[str, Tags]]) -> Tags:
        """Note a call that may reach an own unit; return the tag of its result."""
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        self.order += 1
        tag = f"result:{node.lineno}:{node.col_offset}:{name}"
        self.created[tag] = self.order
        given = [("self", receiver), *arguments] if receiver else list(arguments)
        call = Call(node, name, self.order, given, set(self.around), self.loops[0] if self.loops else -1)
        self.calls.append(call)
        self.by_result[tag] = call
        return frozenset({tag})


def _counts(node: ast.DictComp) -> bool:
    """Return whether the keys of a dict comprehension are the numbers of a `range` or `enumerate`."""
    first = node.generators[0]
    names = [first.target] if isinstance(first.target, ast.Name) else getattr(first.target, "elts", [])[:1]
    source = first.iter.func.id if isinstance(first.iter, ast.Call) and isinstance(first.iter.func, ast.Name) else ""
    is_key = isinstance(node.key, ast.Name) and any(isinstance(n, ast.Name) and n.id == node.key.id for n in names)
    return is_key and source in (("range",) if isinstance(first.target, ast.Name) else ("enumerate",))


_EXPRESSIONS: dict[type[ast.AST], Callable[[Expressions, Any], Tags]] = {
    ast.Name: Expressions.name, ast.Constant: Expressions.constant, ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript, ast.Call: Expressions.call, ast.List: Expressions.collection,
    ast.Tuple: Expressions.collection, ast.Set: Expressions.collection, ast.Dict: Expressions.mapping,
    ast.ListComp: Expressions.comprehension, ast.SetComp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension, ast.GeneratorExp: Expressions.comprehension,
    ast.Lambda: Expressions.lambda_, ast.BinOp: Expressions.binary, ast.BoolOp: Expressions.either,
    ast.IfExp: Expressions.either, ast.Compare: Expressions.compare, ast.Await: Expressions.awaited,
    ast.Yield: Expressions.yielded, ast.YieldFrom: Expressions.yielded, ast.JoinedStr: Expressions.formatted,
    ast.NamedExpr: Expressions.walrus, ast.Starred: Expressions.starred, ast.UnaryOp: Expressions.unary,
}  # fmt: skip
