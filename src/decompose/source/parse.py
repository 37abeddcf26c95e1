"""The facts of one file: decode, parse, extract; whatever goes wrong becomes a finding."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from hashlib import blake2b

from decompose.errors import SourceError
from decompose.ir.facts import FileFacts
from decompose.ir.findings import Finding, Span
from decompose.resources import room_for_recursion
from decompose.source import newer
from decompose.source.effects import effects_of
from decompose.source.extract import extract, import_statements, is_main_block
from decompose.source.extract_expressions import MAX_DEPTH
from decompose.source.notebooks import cells_of, neutralise
from decompose.source.tame import encodable, prune, tame

_SHELL_LINE = re.compile(r"^\s*[!%][\w./$-]", re.MULTILINE)


def read_file(path: str, data: bytes, *, with_effects: bool = True) -> FileFacts:
    """Return the facts of one file: a pure function of path and bytes.

    Args:
        path: POSIX path relative to the analysed root; the suffix `.ipynb` marks a notebook.
        data: Content of the file.
        with_effects: Whether to read what functions do besides calling; the call graph alone does not need it.
    """
    result = FileFacts(path, digest_of(data), data.count(b"\n") + 1)
    try:
        with room_for_recursion():
            _fill(result, data, with_effects=with_effects)
    except (RecursionError, MemoryError) as error:
        result.scopes, result.cells, result.effects = [], [], {}
        what = "too deeply to analyse" if isinstance(error, RecursionError) else "too deeply, or too large, to analyse"
        result.findings.append(_finding("DC104", path, 1, f"nested {what}", "split the expression or the file up"))
    except Exception as error:  # a fault of ours in one file must not cost the others
        result.scopes, result.cells, result.effects = [], [], {}
        message = f"a fault of the analyser: {type(error).__name__}: {error}"
        result.findings.append(_finding("DC108", path, 1, encodable(message), "please report it with this file"))
    return result


def digest_of(data: bytes) -> str:
    """Return the BLAKE2b-128 of the bytes, hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


def decode(data: bytes) -> str:
    """Return the text of a source file, honouring BOM and coding cookie.

    Raises:
        SourceError: If the bytes are not text in the declared encoding.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError, AssertionError) as error:
        raise SourceError(f"cannot decode: {error}") from error


def _fill(result: FileFacts, data: bytes, *, with_effects: bool) -> None:
    path = result.path
    try:
        text = decode(data)
        if path.endswith(".ipynb"):
            text, result.cells, result.shell = cells_of(text, path)
            result.lines = text.count("\n")
    except SourceError as error:
        result.findings.append(_finding("DC102", path, 1, error.message, "save it as UTF-8"))
        return
    tree = _parse(text, result)
    if tree is None:
        return
    result.shell = [(line, encodable(command)) for line, command in result.shell]
    tame(tree, text)
    scopes, truncated = extract(tree, result.lines)
    result.scopes = scopes
    result.statements = import_statements(tree)
    result.has_main_block = any(is_main_block(s) for s in tree.body)
    if truncated:
        prune(tree, MAX_DEPTH)
        message = f"{truncated} expressions are nested too deeply and were left out"
        result.findings.append(_finding("DC105", path, 1, message, ""))
    if with_effects:
        result.effects = effects_of(tree)


def _parse(text: str, result: FileFacts) -> ast.Module | None:
    first = _try(text)
    if isinstance(first, ast.Module):
        return first
    if _SHELL_LINE.search(text) and not result.cells:
        shell: list[tuple[int, str]] = []
        again = _try("\n".join(neutralise(text.splitlines(), 1, shell)))
        if isinstance(again, ast.Module):
            result.shell = shell
            return again
    if result.cells:
        return _cell_by_cell(text, result)
    newer_tree = newer.parse(text)
    if newer_tree is not None:
        message = "uses syntax newer than the running interpreter; read with a fallback parser"
        result.findings.append(_finding("DC103", result.path, first.lineno or 1, message, "", level="note"))
        return newer_tree
    message = f"does not parse: {first.msg}"
    hint = "Python 2 code must be converted first" if _looks_old(text) else "mend the syntax error or exclude the file"
    result.findings.append(_finding("DC101", result.path, first.lineno or 1, message, hint))
    return None


def _cell_by_cell(text: str, result: FileFacts) -> ast.Module:
    """Return the tree of a notebook of which some cells do not parse: those are blanked and reported."""
    lines = text.splitlines()
    for name, first, last in result.cells:
        cell = "\n" * (first - 1) + "\n".join(lines[first - 1 : last])
        tree = _try(cell)
        if isinstance(tree, SyntaxError):
            message = f"{name} does not parse: {tree.msg}"
            result.findings.append(_finding("DC101", result.path, tree.lineno or first, message, "", level="warning"))
            lines[first - 1 : last] = [""] * (last - first + 1)
    whole = _try("\n".join(lines) + "\n")
    return whole if isinstance(whole, ast.Module) else ast.Module([], [])


def _try(text: str) -> ast.Module | SyntaxError:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return error
    except ValueError as error:
        return SyntaxError(str(error))


def _looks_old(text: str) -> bool:
    return bool(re.search(r"^\s*(print\s+[\"'\w]|exec\s+[\"']|except\s+\w+\s*,\s*\w+\s*:)", text, re.MULTILINE))


def _finding(code: str, path: str, line: int, message: str, hint: str, *, level: str = "error") -> Finding:
    return Finding(code, level, Span(path, line), message, hint)  # type: ignore[arg-type]
