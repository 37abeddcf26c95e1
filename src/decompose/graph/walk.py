"""Walks over the trees of facts, for what needs no evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.ir import facts as f
from decompose.ir.facts import FileFacts, Node, ScopeFact


def statements_of(body: list[Node]) -> Iterator[Node]:
    """Yield the statements of a body, nested ones included, in source order."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        blocks = _BLOCKS.get(node[0])
        if blocks is not None:
            stack += [s for block in blocks(node) for s in block][::-1]


def expressions_of(node: Node) -> Iterator[Node]:
    """Yield every tree below a node, itself first; bodies of other scopes are not entered."""
    stack: list[Node] = [node]
    while stack:
        item = stack.pop()
        if item and type(item[0]) is int:
            yield item
        stack += [part for part in item[::-1] if type(part) is list]


def parts_of(node: Node) -> Iterator[Node]:
    """Yield the direct sub-expressions of an expression."""
    for part in node[1:]:
        if type(part) is list:
            if part and type(part[0]) is int:
                yield part
            else:
                yield from _inner(part)


def _inner(part: list[object]) -> Iterator[Node]:
    for item in part:
        if type(item) is list:
            if item and type(item[0]) is int:
                yield item
            else:
                yield from _inner(item)


def chain_of(node: Node) -> list[Node]:
    """Return the method calls of `a.b().c()[0].d()`, the outermost first; attributes between them end the chain."""
    found = []
    while node[0] == f.CALL and node[2][0] == f.ATTR:
        found.append(node)
        node = node[2][1]
        if node[0] == f.SUB:
            node = node[1]
    return found


def is_only_changed(scope: ScopeFact, asked: Node) -> bool:
    """Return whether rows that a call asks for are changed or deleted in the same expression (`query(A).delete()`)."""
    for node in expressions_of(scope.body):
        if node[0] == f.CALL and node[2][0] == f.ATTR and node[2][2] in ("update", "delete"):
            if any(call is asked for call in chain_of(node)):
                return True
    return False


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
