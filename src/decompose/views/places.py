"""Places in the source as a person looks for them: a line of a file, or a line of a cell of a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decompose.ir.graph import CodeGraph
from decompose.ir.masking import mask
from decompose.ir.symbols import qualname_of


class Places:
    """Names places of one system, and says what stands there.

    Lines of a notebook are counted over its joined code cells, which no file holds and no editor shows.

    Args:
        graph: The system.
        lines: Source lines by path.
    """

    def __init__(self, graph: CodeGraph, lines: Mapping[str, Sequence[str]]) -> None:
        self._lines = lines
        self._cells: dict[str, list[tuple[int, int, str]]] = {}
        for unit in graph.units:
            if unit.kind == "cell":
                cell = (unit.span.line, unit.span.end_line, qualname_of(unit.symbol))
                self._cells.setdefault(unit.span.path, []).append(cell)

    def spot(self, path: str, line: int) -> tuple[str, int]:
        """Return the file and the line, 1-based; in a notebook `PATH:cell_4` and the line of that cell."""
        for first, last, name in self._cells.get(path, ()):
            if first <= line <= last:
                return f"{path}:{name}", line - first + 1
        return path, line

    def text(self, path: str, line: int) -> str | None:
        """Return the line, shortened, secrets masked; `None` when it is not known."""
        found = self._lines.get(path, ())
        return mask(found[line - 1]) if 0 < line <= len(found) else None

    def name(self, path: str, line: int) -> str:
        """Return `PATH:LINE`, or `PATH:cell_4:LINE`."""
        where, number = self.spot(path, line)
        return f"{where}:{number}"
