"""Cuts statements out of modules with libcst; run as a child process, so that no file can take the generator down.

Reads one JSON request a line (`{"source", "keep", "names", "insert", "before"}`) and answers each with one line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import libcst as cst

_SMALL_IMPORTS = (cst.Import, cst.ImportFrom)


def main() -> None:
    """Answer requests until the input ends."""
    sys.setrecursionlimit(5000)
    for line in sys.stdin:
        try:
            answer = cut(**json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def cut(
    source: str, keep: Iterable[int], names: Iterable[str], insert: str, before: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the kept statements as text, and for each output range its first line in the source.

    Args:
        source: The module.
        keep: Indexes of the statements that stay; an empty list only checks that libcst gives the source back.
        names: Names that kept imports bind and that are needed; the rest of these imports goes.
        insert: Text that goes after the imports at the top.
        before: Text that goes where a statement stands or stood, by its index.
    """
    module = cst.parse_module(source)
    if module.code != source:
        return {"error": "libcst does not give the source back byte for byte"}
    wanted, needed = set(keep), set(names)
    if not wanted:
        return {"statements": len(module.body)}
    return _compose(module, wanted, needed, insert, before or {})


def _compose(
    module: cst.Module, wanted: set[int], needed: set[str], insert: str, before: Mapping[str, str]
) -> dict[str, Any]:
    header = "".join(
        line._codegen_text(module) if hasattr(line, "_codegen_text") else _code(module, line) for line in module.header
    )
    origin = header.count("\n") + 1
    pieces: list[tuple[str, int]] = [(header, 1)] if header else []
    last_import = -1
    for index, statement in enumerate(module.body):
        code = module.code_for_node(statement)
        if str(index) in before:
            last_import = len(pieces)
            pieces.append((before[str(index)], 0))
        if index in wanted:
            trimmed = _trim(statement, needed)
            if trimmed is not None:
                text = module.code_for_node(trimmed)
                blank = len(code) - len(code.lstrip("\n"))
                if _is_top(statement):
                    last_import = len(pieces)
                pieces.append((text, origin if text == code else origin + min(blank, 1)))
        origin += code.count("\n")
    position = max(last_import + 1, 1 if header else 0)
    if insert:
        pieces.insert(position, (insert, 0))
    text, ranges, line = "", [], 1
    for piece, start in pieces:
        if text and not text.endswith("\n"):
            text += "\n"
            line += 1
        count = piece.count("\n")
        if count and start:
            ranges.append([line, line + count - 1, start])
        text += piece
        line += count
    return {"text": text, "ranges": ranges}


def _code(module: cst.Module, node: cst.CSTNode) -> str:
    return module.code_for_node(node)


def _is_top(statement: cst.CSTNode) -> bool:
    """Return whether the statement belongs to the head of a module: docstring or import."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    is_docstring = isinstance(first, cst.Expr) and isinstance(first.value, (cst.SimpleString, cst.ConcatenatedString))
    return isinstance(first, _SMALL_IMPORTS) or is_docstring


def _trim(statement: Any, needed: set[str]) -> Any:
    """Return the statement with only the needed names of an import, `None` when none is needed."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return statement
    small = statement.body[0]
    if not isinstance(small, _SMALL_IMPORTS) or isinstance(small.names, cst.ImportStar):
        return statement
    if isinstance(small, cst.ImportFrom) and isinstance(small.module, cst.Name) and small.module.value == "__future__":
        return statement
    kept = [alias for alias in small.names if _bound_name(alias, is_from=isinstance(small, cst.ImportFrom)) in needed]
    if len(kept) == len(small.names):
        return statement
    if not kept:
        return None
    has_parentheses = isinstance(small, cst.ImportFrom) and small.lpar is not None
    if not has_parentheses:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return statement.with_changes(body=[small.with_changes(names=kept)])


def _bound_name(alias: cst.ImportAlias, *, is_from: bool) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name = alias.evaluated_name
    return name if is_from else name.partition(".")[0]


if __name__ == "__main__":
    main()
