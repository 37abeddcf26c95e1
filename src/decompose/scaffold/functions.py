"""The text of a notebook or script as functions, each line with the place that it comes from."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from decompose.errors import GenerateError
from decompose.scaffold.liveness import global_names, liveness
from decompose.scaffold.pytext import doc_literal
from decompose.scaffold.segments import Cell, Outline, Segment, dynamic_line, label_of, outline

_COMMENT = re.compile(r"#.*$", re.MULTILINE)


@dataclass(slots=True)
class Text:
    """Lines with their origin."""

    lines: list[str] = field(default_factory=list)
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    """First and last line, and the first line of the source that they come from."""

    def add(self, text: str, origin: int = 0) -> None:
        """Add text; `origin` is its first line in the source, 0 for text that is new."""
        first = len(self.lines) + 1
        self.lines += text.split("\n")
        if origin:
            self.ranges.append((first, len(self.lines), origin))


def functions_of(source: str, cells: Sequence[Cell], path: str) -> Text:
    """Return a module in which the segments of a notebook or script are functions.

    Args:
        source: Python text; magics are gone already.
        cells: Its cells in order; without any, its paragraphs.
        path: Where it comes from, for documentation and errors.

    Raises:
        GenerateError: If it cannot be turned into functions, with the line.
    """
    try:
        tree = ast.parse(source)
        found = outline(source, cells)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        raise GenerateError(f"{path}:{line}: cannot be read as Python: {getattr(error, 'msg', error)}") from error
    line = dynamic_line(tree)
    if line:
        raise GenerateError(
            f"{path}:{line}: looks names up at run time, so what its cells need cannot be told",
            hint="name the variables, then generate again",
        )
    text = _Writer(source, found, path).write()
    try:
        compile("\n".join(text.lines), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        origin = next((o + (error.lineno or 0) - a for a, b, o in text.ranges if a <= (error.lineno or 0) <= b), 1)
        raise GenerateError(f"{path}:{origin}: cannot stand inside a function: {error.msg}") from error
    return text


class _Writer:
    """Puts the parts of an outline together again."""

    def __init__(self, source: str, found: Outline, path: str) -> None:
        self.lines = source.split("\n")
        self.found = found
        self.path = path
        self.text = Text()
        self.edits: dict[tuple[int, int], str] = {}
        """Text to put in, by line and byte column."""
        self.uses_partial = False

    def write(self) -> Text:
        """Return the module."""
        taken = {n for s in self.found.segments for n in liveness(s.statements).maybe}
        taken |= {n for node in self.found.top for n in liveness([node]).maybe} | {"main"}
        for node in (*self.found.top, *(s for segment in self.found.segments for s in segment.statements)):
            self._edit(node)
        self.text.add(
            doc_literal(f"`{self.path}` as functions: each takes what it needs and returns what later ones use.")
        )
        self.text.add("")
        if self.uses_partial:
            self.text.add("import functools")
        self._top()
        for segment in self.found.segments:
            segment.name = label_of(segment, self.lines, taken)
            self._segment(segment)
        self._main()
        return self.text

    def _top(self) -> None:
        before: ast.stmt | None = None
        seen: set[str] = set()
        for node in self.found.top:
            said = ast.unparse(node)
            if said in seen and isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            seen.add(said)
            is_block = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            was_block = isinstance(before, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            if before is not None and (is_block or was_block):
                self.text.add("\n")
            self._statement(node, 0)
            before = node

    def _segment(self, segment: Segment) -> None:
        self.text.add("\n")
        self.text.add(f"def {segment.name}({', '.join(segment.parameters)}):")
        self.text.add(f"    {doc_literal(_where(segment.cells, self.path))}")
        rebound = {n for s in segment.statements for n in global_names(s)} & liveness(segment.statements).maybe
        for node in segment.statements:
            self._statement(node, 4, rebound)
        if segment.results:
            self.text.add(f"    return {', '.join(segment.results)}")

    def _main(self) -> None:
        self.text.add("\n")
        self.text.add("def main():")
        self.text.add('    """Run everything in the order in which it stood."""')
        for segment in self.found.segments:
            given = f"{segment.name}({', '.join(segment.parameters)})"
            self.text.add(f"    {', '.join(segment.results)} = {given}" if segment.results else f"    {given}")
        self.text.add("\n\n" + 'if __name__ == "__main__":\n    main()')
        self.text.add("")

    def _statement(self, node: ast.stmt, indent: int, rebound: Iterable[str] = ()) -> None:
        """Add a statement with the comments right above it."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        start = first
        is_alone = not self.lines[first - 1][: _column(self.lines[first - 1], node.col_offset)].strip(" \t@")
        while is_alone and start > 1 and self.lines[start - 2].startswith("#"):
            start -= 1
        protected = _inside_strings(node)
        made = []
        for number in range(start, (node.end_lineno or first) + 1):
            line = self.lines[number - 1] if number < first else self._slice(node, number, first)
            is_kept = number in protected or not line.strip()
            made.append(line if is_kept else " " * indent + line)
        text = "\n".join(made)
        for name in rebound:
            text = re.sub(rf"^(\s+)global {name}\b", rf"\1nonlocal {name}", text, flags=re.MULTILINE)
        self.text.add(text, start)

    def _slice(self, node: ast.stmt, number: int, first: int) -> str:
        """Return the part of a line that belongs to the statement, with what is to be put in."""
        raw = self.lines[number - 1].encode()
        begin = node.col_offset if number == first and number == node.lineno else 0
        end = node.end_col_offset if number == node.end_lineno else len(raw)
        if number == node.end_lineno and raw[end or 0 :].strip().startswith(b"#"):
            end = len(raw)
        wanted = sorted(((c, t) for (line, c), t in self.edits.items() if line == number), reverse=True)
        for column, text in wanted:
            if begin <= column <= (end or 0):
                raw = raw[:column] + text.encode() + raw[column:]
                end = (end or 0) + len(text.encode())
        return raw[begin:end].decode()

    # ---- data handed to definitions ----

    def _edit(self, node: ast.stmt) -> None:
        """Note what must be put in: data parameters of definitions, and arguments where they are called."""
        added = self.found.added
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in added:
            self._edit_signature(node, added[node.name])
        called: set[int] = set()
        for child in ast.walk(node):
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in added:
                called.add(id(child.func))
                self._edit_call(child, added[child.func.id])
        for child in ast.walk(node):
            if isinstance(child, ast.Name) and child.id in added and id(child) not in called:
                if isinstance(child.ctx, ast.Load):
                    self.uses_partial = True
                    given = ", ".join(f"{name}={name}" for name in added[child.id])
                    self._put(child.lineno, child.col_offset, "functools.partial(")
                    self._put(child.end_lineno or child.lineno, child.end_col_offset or 0, f", {given})")

    def _edit_call(self, call: ast.Call, names: tuple[str, ...]) -> None:
        given = ", ".join(f"{name}={name}" for name in names)
        line, column = call.end_lineno or call.lineno, (call.end_col_offset or 1) - 1
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            lone = arguments[0]
            if (lone.end_lineno, lone.end_col_offset) == (call.end_lineno, call.end_col_offset):
                self._put(lone.lineno, lone.col_offset, "(")
                self._put(line, column + 1, f", {given})")
                return
        if arguments:
            last = max(arguments, key=lambda a: (a.end_lineno or 0, a.end_col_offset or 0))
            between = self._between(last.end_lineno or 0, last.end_col_offset or 0, line, column)
            given = given if _COMMENT.sub("", between).replace(")", "").strip().endswith(",") else f", {given}"
        self._put(line, column, given)

    def _edit_signature(self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: tuple[str, ...]) -> None:
        arguments = node.args
        star = "" if arguments.vararg is not None or arguments.kwonlyargs else "*, "
        line, column, before = self._end_of_parameters(node)
        extra = star + ", ".join(names)
        if arguments.kwarg is not None:
            self._put(line, column, f"{extra}, ")
            return
        has_others = bool(arguments.posonlyargs or arguments.args or arguments.vararg or arguments.kwonlyargs)
        self._put(line, column, extra if not has_others or before == "," else f", {extra}")

    def _end_of_parameters(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int, str]:
        """Return where further parameters go (before `**` or the closing bracket), and the token before that."""
        text = "\n".join(self.lines[node.lineno - 1 : node.end_lineno]) + "\n"
        depth, before = 0, ""
        is_begun = False
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.COMMENT, tokenize.NL):
                continue
            if token.string in ("(", "[", "{"):
                is_begun = is_begun or token.string == "("
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
            is_end = is_begun and ((depth == 0 and token.string == ")") or (depth == 1 and token.string == "**"))
            if is_end:
                row = node.lineno + token.start[0] - 1
                return row, len(self.lines[row - 1][: token.start[1]].encode()), before
            before = token.string
        raise GenerateError(f"{self.path}:{node.lineno}: the parameters of `{node.name}` have no end")

    def _between(self, line: int, column: int, end_line: int, end_column: int) -> str:
        if line == end_line:
            return self.lines[line - 1].encode()[column:end_column].decode()
        parts = [self.lines[line - 1].encode()[column:].decode(), *self.lines[line : end_line - 1]]
        return "\n".join([*parts, self.lines[end_line - 1].encode()[:end_column].decode()])

    def _put(self, line: int, column: int, text: str) -> None:
        self.edits[line, column] = self.edits.get((line, column), "") + text


def _column(line: str, byte_column: int) -> int:
    return len(line.encode()[:byte_column].decode(errors="ignore"))


def _inside_strings(node: ast.stmt) -> set[int]:
    """Return the lines that begin inside a string of several lines, which indenting would change."""
    found: set[int] = set()
    for child in ast.walk(node):
        is_text = isinstance(child, ast.JoinedStr) or (
            isinstance(child, ast.Constant) and isinstance(child.value, (str, bytes))
        )
        if is_text and child.end_lineno and child.end_lineno > child.lineno:  # type: ignore[attr-defined]
            found |= set(range(child.lineno + 1, child.end_lineno + 1))  # type: ignore[attr-defined]
    return found


def _where(cells: Sequence[Cell], path: str) -> str:
    names = [cell.name for cell in cells]
    return f"`{names[0]}` of `{path}`." if len(names) == 1 else f"`{names[0]}` to `{names[-1]}` of `{path}`."
