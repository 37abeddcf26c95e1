"""Makes a parsed tree fit for walkers and records: no endless `elif` chains, no text that UTF-8 cannot hold."""

from __future__ import annotations

import ast
import re

MAX_BRANCHES = 40
"""`elif` branches kept as one chain; the tree nests one level for each."""
_SURROGATE = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F]")


def tame(tree: ast.Module, text: str) -> None:
    """Change a tree in place where it would break what comes after.

    A chain of more than `MAX_BRANCHES` `elif` goes on as a statement of its own behind the first part: every branch
    is still read, only that they exclude each other is forgotten.

    Args:
        tree: The parsed file.
        text: Its source.
    """
    stack: list[ast.AST] = [tree] if text.count("elif") + text.count("else") >= MAX_BRANCHES else []
    while stack:
        node = stack.pop()
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                stack += _split_chains(block)
        stack += getattr(node, "handlers", ())
        stack += getattr(node, "cases", ())
    if _SURROGATE.search(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                node.value = encodable(node.value)


def prune(tree: ast.Module, deepest: int) -> None:
    """Replace expressions that nest more than `deepest` levels by `...`, in place."""
    stack: list[tuple[ast.AST, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        for name, value in ast.iter_fields(node):
            for at, child in enumerate(value if isinstance(value, list) else [value]):
                if (
                    not isinstance(child, ast.expr)
                    or depth < deepest
                    or isinstance(getattr(child, "ctx", None), ast.Store)
                ):
                    if isinstance(child, ast.AST):
                        stack.append((child, depth + 1 if isinstance(child, ast.expr) else depth))
                elif isinstance(value, list):
                    value[at] = ast.copy_location(ast.Constant(...), child)
                else:
                    setattr(node, name, ast.copy_location(ast.Constant(...), child))


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which no encoding holds, replaced by `?`."""
    return text.encode("utf-8", "replace").decode()


def _split_chains(block: list[ast.stmt]) -> list[ast.stmt]:
    """Cut the long chains that start in a block; return its statements."""
    at = 0
    while at < len(block):
        link, length = block[at], 1
        while isinstance(link, ast.If) and len(link.orelse) == 1 and isinstance(link.orelse[0], ast.If):
            if length == MAX_BRANCHES:
                block.insert(at + 1, link.orelse[0])
                link.orelse = []
                break
            link, length = link.orelse[0], length + 1
        at += 1
    return block
