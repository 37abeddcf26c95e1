"""Work that is done once for many contexts: calls of sites that may call many things, and long tables."""

from __future__ import annotations

from typing import Any

from decompose.graph.objects import EMPTY, Box, Cell, Frame, Values

MAX_TOLD_APART = 8
"""Things that one call may call for which every context of the caller calls by itself."""
MAX_WIDE_FRAMES = 8
"""Contexts of a piece of code that make their wide calls by themselves."""
MAX_ROWS = 200
"""Rows of a table that are read when any may be meant."""
MAX_NESTING = 2
"""Tables of tables that are read in this way."""


class Relay(Frame):
    """Runs as a frame does, again whenever what it has read grows, in the place of many frames."""

    __slots__ = ()

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.scope, frame.index, frame.module, frame.parent)
        self.cls = frame.cls

    def pour(self, solver: Any) -> None:
        """Read what came in, and let what it gives flow out (`graph.solver` mixes relays in: it is not imported here)."""
        raise NotImplementedError


class Funnel(Relay):
    """What the contexts of a scope call at one site, with the union of what they give: called once for all of them.

    A registry's caller in a decorator with n uses may reach any of n functions from each of its n contexts. Told apart,
    that is n² calls, of which each is as imprecise as all together.
    """

    __slots__ = ("callees", "keywords", "pos", "positional", "possible", "reason", "site")

    def __init__(self, frame: Frame, pos: int, site: object, reason: str, *, is_possible: bool) -> None:
        super().__init__(frame)
        self.callees = Cell()
        self.positional: list[Cell] = []
        self.keywords: dict[str, Cell] = {}
        self.pos = pos
        self.site = site
        self.reason = reason
        self.possible = is_possible

    def fill(self, solver: Any, callees: Values, positional: list[Values], keywords: dict[str, Values]) -> None:
        """Add what one frame calls, and with what."""
        solver.flow(self.callees, callees)
        is_new = len(positional) > len(self.positional) or not self.keywords.keys() >= keywords.keys()
        self.positional.extend(Cell() for _ in positional[len(self.positional) :])
        for cell, values in zip(self.positional, positional, strict=False):
            solver.flow(cell, values)
        for name, values in keywords.items():
            solver.flow(self.keywords.setdefault(name, Cell()), values)
        if not self.done:
            solver.demand(self)
        elif is_new:
            solver.rerun(self)

    def pour(self, solver: Any) -> None:
        positional = [solver.read(cell) for cell in self.positional]
        keywords = {name: solver.read(cell) for name, cell in self.keywords.items()}
        callees = solver.read(self.callees)
        result = solver.invoke(
            self, callees, positional, keywords, self.pos, self.site, self.reason, is_possible=self.possible
        )
        solver.flow(self.result, result)


class Table(Relay):
    """A container of many containers, read under a key that is not known: one row stands for any.

    Under each key the row holds what any of them holds there.
    """

    __slots__ = ("place", "row", "rows")

    def __init__(self, frame: Frame, place: tuple[Any, ...], row: Box) -> None:
        super().__init__(frame)
        self.place = place
        self.row = row
        self.rows: Values = EMPTY

    def fill(self, solver: Any, rows: Values) -> None:
        """Add containers for which the row stands."""
        if rows <= self.rows:
            return
        self.rows |= rows
        if self.done:
            solver.rerun(self)
        else:
            solver.demand(self)

    def pour(self, solver: Any) -> None:
        made: list[Box] = [solver.objects[item] for item in sorted(self.rows)]
        self.row.length = made[0].length if len({each.length for each in made}) == 1 else None
        columns: dict[Any, list[Cell]] = {}
        for each in made[:MAX_ROWS]:
            solver.read(each.shape)
            for key, cell in each.fields.items():
                columns.setdefault(key, []).append(cell)
        for key, cells in columns.items():
            inner = solver.rows(self, (*self.place, key), solver.read_all(cells))
            solver.flow(solver.field(self.row, key), inner - self.row.single)
