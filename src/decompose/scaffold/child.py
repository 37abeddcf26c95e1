"""The killable child in which libcst runs."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

TIMEOUT_S = 20.0
BRACKET_LIMIT = 150
"""Nesting of brackets beyond which libcst is not asked; its parser recurses."""


class Slicer:
    """Asks the child to cut modules; a child that hangs or dies is replaced, and the file counts as not cuttable."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Slicer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def cut(
        self, source: str, keep: list[int], names: list[str], insert: str = "", before: Mapping[int, str] | None = None
    ) -> dict[str, Any]:
        """Return `{"text", "ranges"}`, or `{"error"}` when the module cannot be cut."""
        if _nesting(source) > BRACKET_LIMIT:
            return {"error": "brackets are nested too deeply"}
        wanted = {"source": source, "keep": keep, "names": names, "insert": insert, "before": dict(before or {})}
        request = json.dumps(wanted).encode() + b"\n"
        try:
            return self._ask(request)
        except (OSError, ValueError, TimeoutError) as error:
            self.close()
            return {"error": f"libcst did not answer: {error or type(error).__name__}"}

    def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, request: bytes) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request)
        process.stdin.flush()
        if not select.select([process.stdout], [], [], self._timeout_s)[0]:
            raise TimeoutError(f"no answer within {self._timeout_s:g} s")
        line = process.stdout.readline()
        if not line:
            raise OSError(f"the child ended with status {process.poll()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "decompose.scaffold.slicer"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process


def _nesting(source: str) -> int:
    depth = deepest = 0
    for character in source:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest
