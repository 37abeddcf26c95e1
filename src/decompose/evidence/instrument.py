"""Counts calls by rewriting functions as they are imported, for interpreters without `sys.monitoring` (before 3.12).

There a profile function slows every bytecode down by more than half, in the libraries too, so that times mean nothing.
Here a function of the traced tree says when it begins and ends, and all else runs as ever. Stands alone: loaded by
`tracer.py` in the user's interpreter, standard library only.
"""

# os.path and not pathlib, as in tracer.py
# ruff: noqa: PTH123
from __future__ import annotations

import ast
import builtins
import os
import sys
import threading
import types
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import Any, Callable  # noqa: UP035  (old interpreters run this file too)

ENTER, LEAVE, RESULT = "__decompose_enter__", "__decompose_leave__", "__decompose_result__"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def start(recorder: Any, root: str) -> Callable[[], None]:
    """Begin to count calls of what is imported from below `root`; returns what stops it."""
    local, is_on = threading.local(), [True]

    def enter() -> None:
        if is_on:
            frame = sys._getframe(1)
            name = recorder.name(frame.f_code)
            if name is not None:
                recorder.enter(frame.f_code, name, frame)

    def leave() -> None:
        if is_on:
            recorder.leave(sys._getframe(1).f_code, local.__dict__.pop("value", None))

    def result(value: Any) -> Any:
        local.value = value
        return value

    for name, function in ((ENTER, enter), (LEAVE, leave), (RESULT, result)):
        setattr(builtins, name, function)
    sys.meta_path.insert(0, Finder(os.path.realpath(root) + os.sep))
    return is_on.clear


def run_script(path: str, root: str) -> None:
    """Run a script as `__main__`, rewritten if it lies below `root`."""
    with open(path, "rb") as file:
        text = file.read()
    is_inside = os.path.realpath(path).startswith(os.path.realpath(root) + os.sep)
    code = rewritten(text, path) if is_inside else compile(text, path, "exec", dont_inherit=True)
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = module
    exec(code, module.__dict__)  # noqa: S102  (the user's own command)


class Finder:
    """Finds modules below a folder and has them rewritten."""

    def __init__(self, root: str) -> None:
        """Take the folder, with a separator at its end."""
        self.root = root

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the ordinary spec with a loader that rewrites; `None` for modules from elsewhere."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or not spec.origin:
            return None
        inside = os.path.realpath(spec.origin)
        if not inside.startswith(self.root) or os.sep + "site-packages" + os.sep in inside:
            return None
        spec.loader = Loader(fullname, spec.origin)
        return spec


class Loader(SourceFileLoader):
    """Loads a module with its functions rewritten; leaves the bytecode cache alone."""

    def get_code(self, fullname: str) -> Any:
        """Return the module's code."""
        path = self.get_filename(fullname)
        return rewritten(self.get_data(path), path)


def rewritten(text: bytes, path: str) -> Any:
    """Return the code of a file whose functions tell when they begin and end."""
    tree = ast.parse(text, path)
    Rewriter().visit(tree)
    tree.body = wrapped(tree.body)
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


class Rewriter(ast.NodeTransformer):
    """Wraps the body of every function."""

    def visit_FunctionDef(self, node: Any) -> Any:
        """Wrap one function; generators and coroutines only say that they begin."""
        self.generic_visit(node)
        if isinstance(node, ast.AsyncFunctionDef) or any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own(node)):
            node.body = announced(node.body)
            return node
        for child in own(node):
            if isinstance(child, ast.Return) and child.value is not None:
                child.value = ast.copy_location(call(RESULT, child.value), child.value)
        node.body = wrapped(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef


def own(function: Any) -> list[ast.AST]:
    """Return the nodes of a function's body without those of functions and classes inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def announced(body: list[Any]) -> list[Any]:
    """Return a body that says that it begins, after its docstring and imports from the future."""
    at = 0
    while at < len(body) and (is_docstring(body[at], at) or is_future(body[at])):
        at += 1
    line = body[min(at, len(body) - 1)]
    return [*body[:at], ast.copy_location(ast.Expr(ast.copy_location(call(ENTER), line)), line), *body[at:]]


def wrapped(body: list[Any]) -> list[Any]:
    """Return a body that says when it begins and when it ends, however it ends."""
    if not body:
        return body
    told = announced(body)
    at = next(i for i, node in enumerate(told) if i >= len(body) or node is not body[i])
    rest, line = told[at + 1 :], told[at]
    if not rest:
        return body
    end = ast.copy_location(ast.Expr(ast.copy_location(call(LEAVE), line)), line)
    return [*told[: at + 1], ast.copy_location(ast.Try(body=rest, handlers=[], orelse=[], finalbody=[end]), line)]


def call(name: str, *arguments: Any) -> ast.Call:
    """Return the call of one of our functions."""
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(arguments), keywords=[])


def is_docstring(node: Any, at: int) -> bool:
    """Return whether a statement is the docstring."""
    return at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_future(node: Any) -> bool:
    """Return whether a statement is an import from `__future__`."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
