"""Fallback for grammar newer than the running interpreter: libcst, in a child process that may die."""

from __future__ import annotations

import ast
import subprocess
import sys

TIMEOUT_S = 20.0
"""Wall time after which a fallback parse is given up."""
MAX_BYTES = 400_000
MAX_BRACKETS = 300
"""Nesting of brackets beyond which libcst is not trusted (it crashes from about 1,500)."""


def parse(text: str) -> ast.Module | None:
    """Return the tree of a file in newer grammar, or `None` when it is not that either.

    The child rewrites what is newer into what this interpreter reads (type parameters dropped, `type X = …` an
    assignment, exception lists parenthesised), line for line, so that places stay true.
    """
    if len(text) > MAX_BYTES or _nesting(text) > MAX_BRACKETS or "print " in text and _prints_bare(text):
        return None
    try:
        done = subprocess.run(
            [sys.executable, "-m", "decompose.source.newer_child"],
            input=text.encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return ast.parse(done.stdout.decode()) if done.returncode == 0 and done.stdout else None
    except (subprocess.TimeoutExpired, OSError, SyntaxError, ValueError, RecursionError):
        return None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _prints_bare(text: str) -> bool:
    """Return whether some line is a Python 2 print statement."""
    heads = ("print '", 'print "', "print %", "print `")
    return any(line.lstrip().startswith(heads) for line in text.splitlines())
