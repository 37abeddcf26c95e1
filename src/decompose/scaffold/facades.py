"""Facades: the same names and signatures as the moved code, answered by the service that has it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from decompose.scaffold.pytext import doc_literal, pystr

_BUILTIN_ANNOTATIONS = frozenset({
    "int", "float", "str", "bool", "bytes", "list", "dict", "tuple", "set", "frozenset", "object", "None", "complex",
    "type",
})  # fmt: skip
_OWN_SPECIALS = frozenset({
    "__new__", "__del__", "__repr__", "__str__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__",
    "__dir__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__init_subclass__",
    "__class_getitem__", "__copy__", "__deepcopy__", "__hash__", "__post_init__", "__sizeof__", "__format__",
    "__set_name__", "__slots__",
})  # fmt: skip
_PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property", "abc.abstractproperty"})

LINE_LENGTH = 120
"""Columns of generated code."""
RUNTIME_NAMES = ("UNSET", "RemoteObject", "cached_there", "remote_names", "remote_static")
"""What the text of facades may use of the runtime, and must then import."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Target:
    """Where a facade sends its calls."""

    client: str
    """Name of the client in the facade module (`_trainer`)."""
    symbol: str
    operation: str = ""
    is_idempotent: bool = False
    origin: str = ""
    """`path:line` of the code that it stands for."""


def function_facade(node: Function, target: Target) -> str:
    """Return the facade of a module-level function."""
    is_generator = _is_generator(node) and not node.decorator_list
    asked = [pystr(target.operation), *_call_arguments(node)]
    if target.is_idempotent and not is_generator:
        asked.append("is_idempotent=True")
    if isinstance(node, ast.AsyncFunctionDef):
        body = wrapped(f"return await {target.client}.call_async(", asked, ")", 4)
        if is_generator:
            loop = wrapped(f"async for item in {target.client}.stream_async(", asked, "):", 4)
            body = f"{loop}\n        yield item"
    elif is_generator:
        before, after = _from_stream(node)
        body = wrapped(f"{before}{target.client}.stream(", asked, after, 4)
    else:
        body = wrapped(f"return {target.client}.call(", asked, ")", 4)
    keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    doc = doc_literal(ast.get_docstring(node) or f"Stands for `{node.name}` of `{target.symbol.partition(':')[0]}`.")
    heading = wrapped(f"{keyword} {node.name}(", signature(node.args), f"){_returns(node)}:")
    is_cached = any(_last_name(d) in ("lru_cache", "cache") for d in node.decorator_list)
    mark = f"@cached_there({target.client}, {pystr(target.symbol)})\n" if is_cached else ""
    return f"{mark}{heading}\n    {doc}\n{body}\n"


def _last_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2]


def class_facade(node: ast.ClassDef, target: Target, bases: Iterable[str]) -> str:
    """Return the facade of a class: constructor, methods, properties, class methods, literal constants.

    Args:
        node: The class.
        target: Where its instances live.
        bases: Names of its parents in the facade module, facades first.
    """
    parents = ", ".join(bases)
    doc = doc_literal(ast.get_docstring(node) or f"Stands for `{node.name}`; its instances live in another service.")
    lines = [f"class {node.name}({parents}, at={target.client}, symbol={pystr(target.symbol)}):", f"    {doc}"]
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines += _method(item)
        elif isinstance(item, (ast.Assign, ast.AnnAssign)):
            lines += _constant(item)
    return "\n".join(lines) + "\n"


def wrapped(head: str, items: list[str], tail: str, indent: int = 0) -> str:
    """Return `head items tail` as the formatter would lay it out: one line, one inner line, or one item a line."""
    pad = " " * indent
    line = f"{pad}{head}{', '.join(items)}{tail}"
    if len(line) <= LINE_LENGTH or not items:
        return line
    inner = f"{pad}    {', '.join(items)}"
    if len(inner) <= LINE_LENGTH and not any("\n" in item for item in items):
        return f"{pad}{head}\n{inner}\n{pad}{tail}"
    return f"{pad}{head}\n" + "".join(f"{pad}    {item},\n" for item in items) + f"{pad}{tail}"


def signature(arguments: ast.arguments, *, skip_first: bool = False) -> list[str]:
    """Return the parameters as source text, one an item; every default becomes `UNSET`, because the callee owns it."""
    parts: list[str] = []
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        default = "UNSET" if index >= first_default else ""
        if not (skip_first and index == 0):
            parts.append(_parameter(argument, default))
        else:
            parts.append(argument.arg)
        if arguments.posonlyargs and index == len(arguments.posonlyargs) - 1:
            parts.append("/")
    if arguments.vararg is not None:
        parts.append("*" + _parameter(arguments.vararg, ""))
    elif arguments.kwonlyargs:
        parts.append("*")
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parts.append(_parameter(argument, "" if value is None else "UNSET"))
    if arguments.kwarg is not None:
        parts.append("**" + _parameter(arguments.kwarg, ""))
    return parts


def annotation_names(node: ast.AST) -> set[str]:
    """Return the names that the annotations of a facade mention, builtins left out."""
    found: set[str] = set()
    for child in ast.walk(node):
        for annotation in (getattr(child, "annotation", None), getattr(child, "returns", None)):
            if isinstance(annotation, ast.expr):
                text = _annotation_source(annotation)
                tree = ast.parse(text, mode="eval") if text else None
                names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} if tree is not None else set()
                found |= names - _BUILTIN_ANNOTATIONS
    return found


def _parameter(argument: ast.arg, default: str) -> str:
    text = argument.arg
    if argument.annotation is not None:
        text += f": {_quoted(argument.annotation)}"
    if default:
        text += f" = {default}" if argument.annotation is not None else f"={default}"
    return text


def _returns(node: Function) -> str:
    return f" -> {_quoted(node.returns)}" if node.returns is not None else ""


def _quoted(annotation: ast.expr) -> str:
    """Return an annotation as a string: it is for readers and type checkers, and must load nothing."""
    text = _annotation_source(annotation)
    if not text:
        return "object"
    return text if text in _BUILTIN_ANNOTATIONS else pystr(text)


def _annotation_source(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.unparse(ast.parse(annotation.value, mode="eval"))
        except (SyntaxError, ValueError):
            return ""
    return ast.unparse(annotation)


def _call_arguments(node: Function, *, skip_first: bool = False) -> list[str]:
    """Return what a facade passes on: a dictionary by name, and a tuple of positional ones where order matters."""
    arguments = node.args
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)][1 if skip_first else 0 :]
    by_position: list[str] = []
    if arguments.vararg is not None:
        by_position, by_name = [*positional, f"*{arguments.vararg.arg}"], []
    else:
        count = max(0, len(arguments.posonlyargs) - (1 if skip_first else 0))
        by_position, by_name = positional[:count], positional[count:]
    by_name += [a.arg for a in arguments.kwonlyargs]
    entries = [f"{pystr(name)}: {name}" for name in by_name]
    if arguments.kwarg is not None:
        entries.append(f"**{arguments.kwarg.arg}")
    passed = ["{" + ", ".join(entries) + "}"]
    if by_position:
        passed.append("(" + ", ".join(by_position) + ("," if len(by_position) == 1 else "") + ")")
    return passed


def _from_stream(node: Function) -> tuple[str, str]:
    """Return what stands before and after a call that a generator yields from; what it returns is handed on too."""
    has_result = any(isinstance(inner, ast.Return) and inner.value is not None for inner in _own_nodes(node))
    return ("return (yield from ", "))") if has_result else ("yield from ", ")")


def _is_generator(node: Function) -> bool:
    return any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in _own_nodes(node))


def _own_nodes(node: Function) -> Iterator[ast.AST]:
    """Yield what stands in the body of a function, without that of definitions inside."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        current = stack.pop()
        yield current
        if not isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(current))


def _method(node: Function) -> list[str]:
    if node.name in _OWN_SPECIALS or any("overload" in ast.unparse(d) for d in node.decorator_list):
        return []
    decorators = {ast.unparse(d) for d in node.decorator_list}
    positional = [*node.args.posonlyargs, *node.args.args]
    is_async = isinstance(node, ast.AsyncFunctionDef)
    given, kind = ("return await ", "_async") if is_async else ("return ", "")
    if "staticmethod" in decorators:
        call = wrapped(f"{given}_own_class.call{kind}(", [pystr(node.name), *_call_arguments(node)], ")", 8)
        return ["", "    @remote_static", *_definition(node, call, first="_own_class")]
    if not positional or any(d.endswith((".deleter", ".getter")) for d in decorators):
        return []
    receiver = positional[0].arg
    if decorators & _PROPERTIES:
        heading = f"    def {node.name}({receiver}){_returns(node)}:"
        return [
            "",
            "    @property",
            heading,
            *_body(node, f"        return {receiver}._remote_get({pystr(node.name)})"),
        ]
    if any(d.endswith(".setter") for d in decorators):
        heading = f"    def {node.name}({receiver}, {_parameter(positional[1], '')}) -> None:"
        body = f"        {receiver}._remote_set({pystr(node.name)}, {positional[1].arg})"
        return ["", f"    @{node.name}.setter", heading, *_body(node, body)]
    passed = _call_arguments(node, skip_first=True)
    if "classmethod" in decorators:
        asked = [f"{receiver}._remote_symbol", pystr(node.name), *passed]
        call = wrapped(f"{given}{receiver}._remote_client.call_class{kind}(", asked, ")", 8)
        return ["", "    @classmethod", *_definition(node, call)]
    if node.name == "__init__":
        return ["", *_definition(node, wrapped(f"{receiver}._remote_create(", passed, ")", 8))]
    is_generator = _is_generator(node) and not node.decorator_list
    if is_generator and is_async:
        loop = wrapped(f"async for item in {receiver}._remote_stream(", [pystr(node.name), *passed], "):", 8)
        return ["", *_definition(node, f"{loop}\n            yield item")]
    before, after = _from_stream(node) if is_generator else (given, ")")
    call = wrapped(f"{before}{receiver}._remote_call{kind}(", [pystr(node.name), *passed], after, 8)
    return ["", *_definition(node, call)]


def _definition(node: Function, body: str, first: str = "") -> list[str]:
    keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    parameters = signature(node.args, skip_first=not first)
    heading = wrapped(f"{keyword} {node.name}(", [*([first] if first else []), *parameters], f"){_returns(node)}:", 4)
    return [heading, *_body(node, body)]


def _body(node: Function, body: str) -> list[str]:
    doc = ast.get_docstring(node)
    return [*([f"        {doc_literal(doc)}"] if doc else []), body]


def _constant(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if (
        node.value is None
        or len(targets) != 1
        or not isinstance(targets[0], ast.Name)
        or targets[0].id.startswith("__")
    ):
        return []
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return []
    is_fixed = isinstance(value, (str, int, float, bool, bytes, tuple, frozenset, type(None)))
    return [f"    {targets[0].id} = {value!r}"] if is_fixed else []
