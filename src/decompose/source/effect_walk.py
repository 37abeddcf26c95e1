"""One walk over a function: an abstract value for every expression, and what becomes of each.

The walk is flow-sensitive: names carry tags (`ir.effects`), branches are merged, a loop body is walked once. Reads and
changes of each object are noted in order, so that "is it read after this call" has an answer.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from decompose.ir.effects import ArgumentFact, CallFact, EffectFact, FunctionEffects
from decompose.source import effect_tables as tables
from decompose.source.effect_calls import observe
from decompose.source.effect_scope import FileScope, constant_path, is_sized_loop

Tags = frozenset[str]
NOTHING: Tags = frozenset()
LITERAL: Tags = frozenset({"literal"})
ORIGINS = ("parameter:", "attribute:", "global:", "imported:", "object:", "result:", "outer:")
_LASTING = ("attribute:", "global:", "imported:")
_INNER = "inner:"
_CARRIED = ("callback:", "handle:", "rng", "iterator", "unpickled", "ml_model", "exotic:", "large:")
"""Traits that a container has from what lies in it."""
_COMPUTED = ("large:", "exotic:", "type:", "rng")
_SINGLETONS = (None, True, False, Ellipsis)
_MAX_LARGE_INT = 2**53


@dataclass(slots=True)
class _Call:
    """A call under observation."""

    node: ast.Call
    name: str
    order: int
    arguments: list[tuple[str, Tags]]
    uses: set[str]
    loop: int
    """Order at which the outermost loop around it began; -1 outside loops."""


@dataclass(slots=True)
class Walker:
    """State of the walk over one function or module body."""

    file: FileScope
    qualname: str
    class_name: str = ""
    receiver: str = ""
    """Name of the first parameter of a method."""
    env: dict[str, Tags] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    """Last parts of the parameters' annotations, joined by spaces."""
    effects: dict[tuple[str, str, str], EffectFact] = field(default_factory=dict)
    calls: list[_Call] = field(default_factory=list)
    by_result: dict[str, _Call] = field(default_factory=dict)
    reads: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, list[int]] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    returns: set[str] = field(default_factory=set)
    around: list[str] = field(default_factory=list)
    """What surrounds the current statement: `catches:X`, `ambient:X`, `transaction`, `loop`, `loop:data`, `retried`."""
    loops: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Order at which each loop began and ended."""
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    order: int = 0
    handled: tuple[str, ...] = ()
    """Exception types of the handler that is being walked."""
    is_module: bool = False
    is_awaited: bool = False
    outer_changes: set[str] = field(default_factory=set)
    captured: set[str] = field(default_factory=set)

    # -- notes ----------------------------------------------------------------------------------------------------------

    def effect(
        self, kind: str, subject: str, line: int, detail: str = "", *, is_certain: bool = True, column: int = -1
    ) -> None:
        """Note an effect once for each kind, subject and detail; the first place stands."""
        if kind in ("raises", "may_raise") and self.is_caught(subject):
            return
        key = (kind, subject, detail)
        known = self.effects.get(key)
        if known is None or (is_certain and not known.is_certain):
            self.effects[key] = EffectFact(kind, subject, line, detail, is_certain, column)

    def is_caught(self, exception: str) -> bool:
        """Return whether an exception that is raised here does not leave the function."""
        return any(
            mark in self.around for mark in (f"catches:{exception}", "catches:Exception", "catches:BaseException")
        )

    def read(self, tags: Tags) -> None:
        """Note that the objects are looked at."""
        self.order += 1
        for tag in tags:
            if tag.startswith(ORIGINS):
                self.reads.setdefault(tag, []).append(self.order)

    def change(self, tags: Tags, line: int, how: str, *, is_certain: bool = True, column: int = -1) -> None:
        """Note that the objects are changed in place."""
        self.order += 1
        for tag in tags:
            if not tag.startswith(ORIGINS):
                continue
            self.changes.setdefault(tag, []).append(self.order)
            prefix, _, name = tag.partition(":")
            if prefix == "parameter":
                self.effect("mutates_parameter", name, line, how, is_certain=is_certain, column=column)
            elif prefix == "attribute" and self.receiver:
                self.effect(
                    "mutates_parameter", self.receiver, line, f"{name} {how}", is_certain=is_certain, column=column
                )
                self.file.changed_attributes.add((self.class_name, name))
            elif prefix in ("global", "imported"):
                self.effect("global_store", name, line, how, is_certain=is_certain, column=column)
                self.file.changed_globals.add(name)
            elif prefix == "outer":
                self.outer_changes.add(tag)

    def new_object(self) -> str:
        """Return the tag of an object that comes into being here."""
        self.order += 1
        tag = f"object:{self.order}"
        self.created[tag] = self.order
        return tag

    # -- names ----------------------------------------------------------------------------------------------------------

    def dotted(self, node: ast.expr) -> str:
        """Return the qualified name that a chain of names stands for when an import or builtin begins it, else empty."""
        parts: list[str] = []
        while type(node) is ast.Attribute:
            parts.append(node.attr)
            node = node.value
        if type(node) is not ast.Name or node.id in self.env:
            return ""
        root = self.imports.get(node.id) or self.file.imports.get(node.id)
        if root is None:
            if node.id in self.file.names or not hasattr(builtins, node.id):
                return ""
            root = f"builtins.{node.id}"
        return ".".join((root, *reversed(parts))) if parts else root

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

    # -- expressions ----------------------------------------------------------------------------------------------------

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
        return frozenset(t for t in tags if t.startswith(ORIGINS) or t.startswith(_INNER)) | {
            "element",
            f"member:{node.attr}",
        }

    def class_attribute(self, name: str, node: ast.Attribute) -> Tags:
        """Return the value of an attribute that is read from a class of this file."""
        if node.attr in self.file.classes.get(name, frozenset()):
            return frozenset({"callback:function", f"own:{name}.{node.attr}"})
        self.effect("global_read", f"{name}.{node.attr}", node.lineno)
        if node.attr.isupper():
            return LITERAL
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
        opened = frozenset(t.removeprefix(_INNER) for t in tags if t.startswith((*ORIGINS, _INNER)))
        return opened | {"element"} | frozenset(t for t in tags if t.startswith(_CARRIED))

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

    def shallow(self, tags: Tags) -> Tags:
        """Return the value of a shallow copy: a new outside around the same inside."""
        kept = {t for t in tags if t.startswith(_CARRIED)}
        kept |= {f"{_INNER}{t}" for t in tags if t.startswith(ORIGINS) and "element" not in tags}
        return frozenset(kept) | {self.new_object()}

    def collection(self, node: Any) -> Tags:
        found: set[str] = {self.new_object()}
        names: list[str] = []
        for element in node.elts:
            found |= {t for t in self.value(element) if t.startswith(_CARRIED) or t in _CARRIED}
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
        found: set[str] = {self.new_object()}
        for key, item in zip(node.keys, node.values, strict=True):
            self.value(key)
            found |= {t for t in self.value(item) if t.startswith(_CARRIED) or t in _CARRIED}
            if (isinstance(key, ast.Constant) and not isinstance(key.value, str)) or isinstance(key, ast.Tuple):
                found.add("type:dict with keys other than text")
        names = [item.id for item in node.values if type(item) is ast.Name]
        if len(names) != len(set(names)):
            found.add("aliased")
        return frozenset(found)

    def comprehension(self, node: Any) -> Tags:
        saved = dict(self.env)
        begin = self.order
        self.loops.append(begin)
        marks = 0
        for generator in node.generators:
            tags = self.value(generator.iter)
            self.iterate(tags, node.lineno)
            self.around.append("loop:data" if is_sized_loop(generator.iter, self.dotted) else "loop")
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
        carried = {t for t in inside if t.startswith(_CARRIED)}
        return frozenset(carried | {self.new_object()} | ({kind} if kind else set()))

    def element(self, tags: Tags) -> Tags:
        """Return the value of one element of a value."""
        found = frozenset(t.removeprefix(_INNER) for t in tags if t.startswith((*ORIGINS, _INNER)))
        return found | {"element"} if found else NOTHING

    def iterate(self, tags: Tags, line: int) -> None:
        """Note that a value is iterated over."""
        for tag in tags:
            if tag.startswith("parameter:"):
                self.effect("iterates_parameter", tag[10:], line)
            self.use(tag, "iterated")

    def use(self, tag: str, use: str) -> None:
        """Note what becomes of the result of the call that a tag stands for."""
        call = self.by_result.get(tag)
        if call is not None:
            call.uses.add(use)

    def lambda_(self, node: ast.Lambda) -> Tags:
        saved = dict(self.env)
        for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            self.env[arg.arg] = NOTHING
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.value(default)
        self.value(node.body)
        self.env = saved
        return frozenset({"callback:lambda"})

    def binary(self, node: ast.BinOp) -> Tags:
        left, right = self.value(node.left), self.value(node.right)
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
        found: set[str] = set()
        parts = node.values if type(node) is ast.BoolOp else (node.body, node.orelse)
        if type(node) is ast.IfExp:
            self.value(node.test)
        for part in parts:
            found |= self.value(part)
        return frozenset(found - {"literal"}) or LITERAL

    def compare(self, node: ast.Compare) -> Tags:
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
        tags = self.value(node.value)
        for tag in tags:
            self.use(tag, "awaited")
        return tags

    def yielded(self, node: Any) -> Tags:
        tags = self.value(node.value)
        self.effect("yields", "", node.lineno)
        if type(node) is ast.YieldFrom:
            self.iterate(tags, node.lineno)
        return NOTHING

    def formatted(self, node: ast.JoinedStr) -> Tags:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.value(part.value)
        text = self.path_of(node)
        return frozenset({"literal", f"text:{text}"}) if text else LITERAL

    def walrus(self, node: ast.NamedExpr) -> Tags:
        tags = self.value(node.value)
        self.bind(node.target, tags)
        return tags

    def starred(self, node: ast.Starred) -> Tags:
        return self.value(node.value)

    def unary(self, node: ast.UnaryOp) -> Tags:
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
            case ast.Call() if self.dotted(node.func) in (
                "os.path.join",
                "pathlib.Path",
                "builtins.str",
                "pathlib.PurePath",
            ):
                found = [self.path_of(a) for a in node.args if not isinstance(a, ast.Starred)]
                return "/".join(part.rstrip("/") for part in found) if found and all(found) else ""
        return ""

    def call(self, node: ast.Call) -> Tags:
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
        if dotted and self.file.is_external(dotted):
            return traits
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
        call = _Call(node, name, self.order, given, set(self.around), self.loops[0] if self.loops else -1)
        self.calls.append(call)
        self.by_result[tag] = call
        return frozenset({tag})

    # -- binding --------------------------------------------------------------------------------------------------------

    def bind(self, target: ast.expr, tags: Tags, source: ast.expr | None = None) -> None:
        """Store a value."""
        if isinstance(target, ast.Name):
            self.bind_name(target, tags)
        elif isinstance(target, ast.Attribute):
            self.bind_attribute(target, tags)
        elif isinstance(target, ast.Subscript):
            self.bind_item(target, tags)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = (
                source.elts
                if isinstance(source, ast.Tuple | ast.List) and len(source.elts) == len(target.elts)
                else None
            )
            for i, element in enumerate(target.elts):
                self.bind(element, self.peek(parts[i]) if parts else self.element(tags) or (tags - {"type:tuple"}))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, tags)

    def peek(self, node: ast.expr) -> Tags:
        """Return the value of an expression that has been walked already."""
        if isinstance(node, ast.Name):
            return self.env.get(node.id, NOTHING)
        return LITERAL if isinstance(node, ast.Constant) else NOTHING

    def bind_name(self, target: ast.Name, tags: Tags) -> None:
        """Bind a local or declared name."""
        if target.id in self.globals:
            self.effect("global_store", target.id, target.lineno, "rebind")
            self.file.changed_globals.add(target.id)
            self.keep(tags, f"global {target.id}", target.lineno)
            return
        if target.id in self.nonlocals:
            self.outer_changes |= {t for t in self.env.get(target.id, NOTHING) if t.startswith("outer:")}
        self.order += 1
        if not any(t.startswith(ORIGINS) for t in tags):
            tags = tags | {self.new_object()}
        self.env[target.id] = tags
        if self.is_module:
            self.file.define(target.id, tags)

    def bind_attribute(self, target: ast.Attribute, tags: Tags) -> None:
        """Store into an attribute: of the instance, of a module, of anything else."""
        base, line = target.value, target.lineno
        if isinstance(base, ast.Name) and self.receiver and base.id == self.receiver:
            self.order += 1
            self.effect("mutates_parameter", self.receiver, line, f"{target.attr} set")
            self.file.note_attribute(self.class_name, target.attr, tags)
            self.keep(tags, f"{self.receiver}.{target.attr}", line)
            if any(t.startswith("handle:") for t in tags):
                self.effect(
                    "opens_handle",
                    f"{self.receiver}.{target.attr}",
                    line,
                    next(t[7:] for t in sorted(tags) if t.startswith("handle:")),
                )
            return
        dotted = self.dotted(base)
        if dotted:
            self.effect("global_store", f"{dotted}.{target.attr}", line, "rebind")
            self.keep(tags, f"{dotted}.{target.attr}", line)
            return
        if isinstance(base, ast.Name) and base.id in self.file.classes and base.id not in self.env:
            self.effect("global_store", f"{base.id}.{target.attr}", line, "rebind")
            self.file.changed_globals.add(f"{base.id}.{target.attr}")
            self.keep(tags, f"{base.id}.{target.attr}", line)
            return
        into = self.value(base)
        if any(t.startswith("global:") or t == "context_object" for t in into) and "context:thread_local" in into:
            self.effect("sets_ambient", "thread_local", line, ast.unparse(base))
        self.change(into, line, f"attribute {target.attr}")
        self.keep_in(into, tags, line)

    def bind_item(self, target: ast.Subscript, tags: Tags) -> None:
        """Store into an item or slice."""
        dotted = self.dotted(target.value)
        if dotted == "os.environ":
            self.effect("sets_ambient", "env", target.lineno, dotted)
            return
        self.value(target.slice)
        into = self.value(target.value)
        self.change(into, target.lineno, "item")
        self.keep_in(into, tags, target.lineno)

    def keep(self, tags: Tags, where: str, line: int) -> None:
        """Note that parameters outlive the call."""
        if "element" in tags:
            return
        for tag in tags:
            if tag.startswith("parameter:") and tag[10:] != self.receiver:
                self.effect("keeps_parameter", tag[10:], line, where)

    def keep_in(self, into: Tags, tags: Tags, line: int) -> None:
        """Note that a parameter is put into something that outlives the call."""
        for tag in into:
            if tag.startswith(_LASTING) or (tag.startswith("parameter:") and tag[10:] == self.receiver):
                self.keep(tags, tag.partition(":")[2], line)
                return

    # -- statements -----------------------------------------------------------------------------------------------------

    def body(self, statements: Iterable[ast.stmt]) -> None:
        """Walk statements in order."""
        for statement in statements:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)

    def s_expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def s_assign(self, node: ast.Assign) -> None:
        tags = self.value(node.value)
        if self.is_module:
            self.defines(node.targets[0], node.value, tags)
        for target in node.targets:
            self.bind(target, tags, node.value)

    def s_annotated(self, node: ast.AnnAssign) -> None:
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
        if any(isinstance(part, ast.Call) for part in ast.walk(source)):
            self.effect("defines", target.id, target.lineno, "computed")

    def s_augmented(self, node: ast.AugAssign) -> None:
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

    def escape(self, tag: str, line: int) -> None:
        """Note that a nested function that leaves keeps what it captures."""
        for name in self.file.captures.get(tag, ()):
            self.effect("keeps_parameter", name, line, "closure")

    def s_branch(self, node: ast.If) -> None:
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
        tags = self.value(node.iter)
        self.iterate(tags, node.lineno)
        mark = "loop:data" if is_sized_loop(node.iter, self.dotted) or "loop" in self.around else "loop"
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
        marks = 0
        for item in node.items:
            tags = self.value(item.context_expr)
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
        self.value(node.test)
        self.value(node.msg)
        self.effect("may_raise", "AssertionError", node.lineno)

    def s_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript | ast.Attribute):
                if self.dotted(target.value) == "os.environ":
                    self.effect("sets_ambient", "env", node.lineno, "os.environ")
                    continue
                self.change(self.value(target.value), node.lineno, "deleted")
            elif isinstance(target, ast.Name):
                self.env.pop(target.id, None)

    def s_global(self, node: ast.Global) -> None:
        self.globals |= set(node.names)

    def s_nonlocal(self, node: ast.Nonlocal) -> None:
        self.nonlocals |= set(node.names)

    def s_import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports[name] = alias.name if alias.asname else name
            self.env.pop(name, None)

    def s_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            name = alias.asname or alias.name
            self.imports[name] = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
            self.env.pop(name, None)

    def s_match(self, node: ast.Match) -> None:
        tags = self.value(node.subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) if isinstance(pattern, ast.MatchAs | ast.MatchStar) else None
                if name:
                    self.env[name] = self.element(tags) or tags
        self.branches([case.body for case in node.cases])

    def s_function(self, node: Any) -> None:
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
        if not self.is_module:
            self.file.walk_class(node, f"{self.qualname}.{node.name}", outer=self)
            self.env[node.name] = frozenset({"callback:closure"})

    # -- result ---------------------------------------------------------------------------------------------------------

    def finish(self) -> FunctionEffects:
        """Return what the walk found."""
        calls = tuple(self.call_fact(call) for call in self.calls)
        returns = tuple(sorted(self.returns - {"literal"}))
        return FunctionEffects(tuple(sorted(self.effects.values())), calls, returns)

    def call_fact(self, call: _Call) -> CallFact:
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

    def later(self, call: _Call, tags: Tags) -> Tags:
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

    def happens(self, orders: list[int] | None, call: _Call, tag: str) -> bool:
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


_EXPRESSIONS: dict[type[ast.AST], Callable[[Walker, Any], Tags]] = {
    ast.Name: Walker.name, ast.Constant: Walker.constant, ast.Attribute: Walker.attribute,
    ast.Subscript: Walker.subscript, ast.Call: Walker.call, ast.List: Walker.collection, ast.Tuple: Walker.collection,
    ast.Set: Walker.collection, ast.Dict: Walker.mapping, ast.ListComp: Walker.comprehension,
    ast.SetComp: Walker.comprehension, ast.DictComp: Walker.comprehension, ast.GeneratorExp: Walker.comprehension,
    ast.Lambda: Walker.lambda_, ast.BinOp: Walker.binary, ast.BoolOp: Walker.either, ast.IfExp: Walker.either,
    ast.Compare: Walker.compare, ast.Await: Walker.awaited, ast.Yield: Walker.yielded, ast.YieldFrom: Walker.yielded,
    ast.JoinedStr: Walker.formatted, ast.NamedExpr: Walker.walrus, ast.Starred: Walker.starred,
    ast.UnaryOp: Walker.unary,
}  # fmt: skip
_STATEMENTS: dict[type[ast.AST], Callable[[Walker, Any], None]] = {
    ast.Expr: Walker.s_expr, ast.Assign: Walker.s_assign, ast.AnnAssign: Walker.s_annotated,
    ast.AugAssign: Walker.s_augmented, ast.Return: Walker.s_return, ast.If: Walker.s_branch, ast.For: Walker.s_for,
    ast.AsyncFor: Walker.s_for, ast.While: Walker.s_while, ast.Try: Walker.s_try, ast.TryStar: Walker.s_try,
    ast.With: Walker.s_with, ast.AsyncWith: Walker.s_with, ast.Raise: Walker.s_raise, ast.Assert: Walker.s_assert,
    ast.Delete: Walker.s_delete, ast.Global: Walker.s_global, ast.Nonlocal: Walker.s_nonlocal,
    ast.Import: Walker.s_import, ast.ImportFrom: Walker.s_from, ast.Match: Walker.s_match,
    ast.FunctionDef: Walker.s_function, ast.AsyncFunctionDef: Walker.s_function, ast.ClassDef: Walker.s_class,
}  # fmt: skip
