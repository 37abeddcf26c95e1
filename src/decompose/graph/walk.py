"""Walks over the trees of facts, for what needs no evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.ir import facts as f
from decompose.ir.facts import FileFacts, Node


def statements_of(body: list[Node]) -> Iterator[Node]:
    """Yield the statements of a body, nested ones included, in source order."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        blocks = _BLOCKS.get(node[0])
        if blocks is not None:
            inner = [s for block in blocks(node) for s in block]
            stack.extend(reversed(inner))


def expressions_of(node: Node) -> Iterator[Node]:
    """Yield every tree below a node, itself first; bodies of other scopes are not entered."""
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            if item and type(item[0]) is int:
                yield item
            stack.extend(reversed(item))


def imports_of(file: FileFacts) -> Iterator[str]:
    """Yield the dotted names that absolute imports of a file mention."""
    for scope in file.scopes:
        for node in statements_of(scope.body):
            if node[0] == f.IMPORT:
                yield from (name for name, _ in node[1])
            elif node[0] == f.FROM and node[2] == 0:
                yield node[1]


_BLOCKS = {
    f.IF: lambda n: (n[2], n[3]),
    f.FOR: lambda n: (n[3], n[4]),
    f.WHILE: lambda n: (n[2], n[3]),
    f.TRY: lambda n: (n[1], *(h[2] for h in n[2]), n[3], n[4]),
    f.WITH: lambda n: (n[2],),
    f.MATCH: lambda n: tuple(c[2] for c in n[2]),
}
