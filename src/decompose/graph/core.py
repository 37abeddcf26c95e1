"""The state of the solver: cells, frames, and the list of frames to run (again)."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from decompose.graph.configured import names_by_key
from decompose.graph.hooks import Hooks
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import (
    ANY,
    BOX,
    EMPTY,
    MAX_BOXES,
    MAX_EXTERNALS,
    USE,
    Box,
    Cell,
    Class,
    Frame,
    Function,
    Object,
    Values,
)
from decompose.graph.relays import MAX_NESTING, Funnel, Table
from decompose.ir.facts import SourceFacts

EAGER_DEPTH = 40
"""Calls that are followed at once; deeper ones wait in the list."""
MIN_FRAMES = 5_000
"""Frames that any program may have …"""
FRAMES_A_SCOPE = 3
"""… and further ones for each of its scopes; common code needs 1.3."""
MAX_LED = 200
"""Calls of objects that lead to others, from within such a call, that a run of a frame follows."""
FIRST_RUNS = 2
"""Runs of a frame that are made at once; further ones are made when no other frame asks for so few any more."""
SURE_RUNS = 3
"""Runs that every frame may have that grows."""
MAX_RUNS = 6
"""Runs of one frame after which its growth is no longer followed."""
MIN_WORK = 60_000
"""Work (calls that runs of frames make) of any program up to which frames have more runs than those …"""
WORK_A_SCOPE = 15
"""… and further work for each of its scopes."""


class Patch:
    """What module-level code puts in the place of a function: seen by all but the code before it."""

    __slots__ = ("cell", "places")

    def __init__(self) -> None:
        self.cell = Cell()
        self.places: dict[Frame, int] = {}
        """Where a frame replaces it."""


class Core(Hooks):
    """Cells and frames; the classes that evaluate are mixed in by `graph.solver.Solver`."""

    def __init__(self, facts: SourceFacts) -> None:
        super().__init__(facts)
        self.queue: list[tuple[int, int, Frame]] = []
        self._ticket = 0
        self.most_runs = FIRST_RUNS
        """Runs that a frame may have for now."""
        self.waiting: dict[Frame, None] = {}
        """Frames whose growth asks for more runs than are allowed so far."""
        self.work = 0
        """Calls in frames, counted at each of their runs."""
        self.frames: list[Frame] = []
        self.frames_of_scope: Counter[int] = Counter()
        """How many contexts each scope has, by its identity."""
        self.current: Frame | None = None
        self.module_frames: dict[str, Frame] = {}
        self.unsettled: dict[Frame, None] = {}
        """Frames that changed the shape of what they had read."""
        self.accessors: dict[str, Cell] = {}
        """Own classes that are attributes of external data frames, by name."""
        self.patches: dict[tuple[object, str], Patch] = {}
        """What stands in the place of attributes of classes (by id) and modules (by path)."""
        self.tables: dict[tuple[Any, ...], Table] = {}
        """Tables read as a whole, by the container and the keys below it."""
        self.fixtures: dict[str, list[Function]] = {}
        """Test fixtures by name."""
        self.made_by: dict[int, Cell] = {}
        """The classes that a metaclass makes."""
        self.families: dict[int, list[Class]] = {}
        """Own subclasses by class, as long as no class gets other bases."""
        self.kin: dict[int, list[Class]] = {}
        """Own bases and subclasses by class, for as long."""
        self.stars: dict[str, str] = {}
        """The external module from which a file last imports every name."""
        self.funnels: dict[tuple[object, ...], Funnel] = {}
        """Wide calls, by scope, place, what calls there, reason and doubt."""
        self.artifacts: dict[str, Cell] = {}
        """What was saved under a file name."""
        self.config_names = names_by_key(facts.configs)
        """Dotted names that configuration files hold, by the key under which they stand."""
        scopes = sum(len(file.scopes) for file in facts.files)
        self.most_frames = MIN_FRAMES + FRAMES_A_SCOPE * scopes
        """Frames after which no further contexts are told apart, so that memory grows with the code and no faster."""
        self.most_work = MIN_WORK + WORK_A_SCOPE * scopes
        """Work after which no frame has more than the runs that are sure."""
        self.contexts: dict[tuple[str, int], int] = {}
        """Contexts that were told apart, by file and scope."""
        self.decorating: set[int] = set()
        """Calls that make decorators, by the identity of their nodes."""
        self.calling: set[tuple[int, int]] = set()
        """What is being called that leads to something else, with the frame that calls: partials, external objects that
        hold own ones, groups of commands."""
        self.led: Counter[Frame] = Counter()
        """How many of them another led to in the run of a frame."""
        self.wide_partials: dict[Frame, Counter[int]] = {}
        """How many partials that may be many things the run of a frame has called at each place."""
        self.active_bases: set[str] = set()
        self.active_triggers: set[str] = set()
        """Last names of external callables that drive objects of some own class."""

    # -- cells -----------------------------------------------------------------------------------------------------------

    @staticmethod
    def new_cell() -> Cell:
        """Return an empty cell."""
        return Cell()

    def read(self, cell: Cell) -> Values:
        """Return what a cell holds; the running frame is run again when it grows."""
        if self.current is not None:
            if cell.readers is None:
                cell.readers = {self.current: None}
            else:
                cell.readers[self.current] = None
        return cell.values

    def read_all(self, cells: Iterable[Cell]) -> Values:
        """Return what cells hold together, as `read` does of each."""
        reader = self.current
        held: dict[Values, None] = {}
        for cell in cells:
            if reader is not None:
                if cell.readers is None:
                    cell.readers = {reader: None}
                else:
                    cell.readers[reader] = None
            if cell.values:
                held[cell.values] = None
        if len(held) > 1:
            return EMPTY.union(*held)
        return next(iter(held), EMPTY)

    def flow(self, cell: Cell, values: Values) -> None:
        """Add values to a cell and list its readers when that is news."""
        held = cell.values
        if not values or values is held or values <= held:
            return
        if len(held) + len(values) <= MAX_EXTERNALS:
            grown = held | values
        else:
            grown = self._limited(held, values)
            if len(grown) == len(held):
                return
        cell.values = grown
        if cell.readers:
            for frame in cell.readers:
                if not frame.queued and (frame is not self.current or cell is not frame.result):
                    self.rerun(frame)

    def rerun(self, frame: Frame) -> None:
        """List a frame to be run (again): those that ran least come first, so that growth gathers for the others."""
        if frame.queued:
            return
        if frame.runs < self.most_runs:
            frame.queued = True
            self._ticket += 1
            heapq.heappush(self.queue, (frame.runs, self._ticket, frame))
        elif frame.runs < MAX_RUNS:
            self.waiting[frame] = None

    def touch(self, cell: Cell) -> None:
        """List the readers of a cell although its values stay (a shape has changed).

        The running frame runs again at the end: what a loop stores late, its next turn reads early.
        """
        for frame in cell.readers or ():
            if frame is not self.current:
                self.rerun(frame)
            else:
                self.unsettled[frame] = None

    # -- frames -----------------------------------------------------------------------------------------------------

    def is_decoration(self, site: object) -> bool:
        """Return whether a site applies a decorator, or makes the one that is applied."""
        return (type(site) is tuple and site[0] == USE) or id(site) in self.decorating

    def new_frame(self, index: int, module: ModuleInfo, parent: Frame | None) -> Frame:
        """Return a frame for a scope, not yet run."""
        frame = Frame(module.facts.scopes[index], index, module, parent)
        frame.depth = self.current.depth + 1 if self.current is not None else 0
        self.frames.append(frame)
        self.frames_of_scope[id(frame.scope)] += 1
        return frame

    def demand(self, frame: Frame) -> None:
        """Run a new frame at once where the calls are not too deep, else list it."""
        if frame.done or frame.queued:
            return
        depth = self.current.depth if self.current is not None else 0
        if depth >= EAGER_DEPTH:
            self.rerun(frame)
        else:
            frame.depth = depth + 1
            self.run(frame)

    def settle(self) -> None:
        """Run listed frames until nothing grows any more, but for those that wait for further runs."""
        while self.queue:
            runs, _, frame = heapq.heappop(self.queue)
            frame.queued = False
            if runs < SURE_RUNS or self.work < self.most_work:
                frame.depth = 0
                self.run(frame)

    def settle_waiting(self, most: int = SURE_RUNS) -> None:
        """Run listed frames until nothing grows any more, and then those that wait: one run more of each after the other."""
        self.settle()
        while self.waiting and self.most_runs < most:
            self.most_runs += 1
            waiting, self.waiting = self.waiting, {}
            for frame in waiting:
                self.rerun(frame)
            self.settle()
        self.most_runs = FIRST_RUNS

    def run(self, frame: Frame) -> None:
        """Evaluate the body of a frame once."""
        previous = self.current
        self.current = frame
        frame.running = True
        frame.done = True
        frame.runs += 1
        frame.block = 0
        frame.heap.clear()
        frame.stored.clear()
        frame.fresh.clear()
        self.wide_partials.pop(frame, None)
        self.led.pop(frame, None)
        try:
            self.execute_frame(frame)
        finally:
            frame.running = False
            self.current = previous
            self.work += 1 + len(frame.edges)

    def once(self, frame: Frame, made: Object, call: Callable[[], Values]) -> Values:
        """Return what calling an object gives; nothing where that is under way in the frame, for it leads to itself.

        A function between would have a frame of its own. Many that hold each other would be called along every path through
        all of them: a run of a frame follows so many that are called by another.
        """
        place = (made.id, id(frame))
        if place in self.calling:
            return EMPTY
        if any(other == place[1] for _, other in self.calling):
            self.led[frame] += 1
            if self.led[frame] > MAX_LED:
                return EMPTY
        self.calling.add(place)
        try:
            return call()
        finally:
            self.calling.discard(place)

    def publish_pending(self, frame: Frame) -> None:
        """Make module-level bindings visible before code elsewhere runs."""
        top: Frame | None = frame
        while top is not None and top.scope.kind == "class":
            top = top.parent
        if top is not None and top.pending:
            names = list(top.pending)
            top.pending.clear()
            for name in names:
                values = top.env.get(name)
                if values:
                    self.flow(top.cells.setdefault(name, Cell()), values)

    # -- container contents -------------------------------------------------------------------------------------------

    def field(self, made: Object, key: Any) -> Cell:
        """Return the cell of a field, made on first use."""
        cell = made.fields.get(key)
        if cell is None:
            cell = made.fields[key] = Cell()
            if isinstance(made, Box):
                self.touch(made.shape)
        return cell

    def put(self, frame: Frame, box: Box, key: Any, values: Values, *, replace: bool) -> None:
        """Store into a container: a strong update where the frame just made it, else a weak one."""
        place = (box.id, key)
        if frame.fresh.get(box.id) == frame.block:
            before = frame.heap.get(place)
            if before is None:
                frame.stored.setdefault(box.id, []).append(key)
            is_weak = before and not (replace and key != ANY)
            frame.heap[place] = self.union(before, values) if is_weak else values
            frame.dirty[place] = None
        else:
            if place in frame.heap:
                frame.heap[place] = self.union(frame.heap[place], values)
            self.flow(self.field(box, key), values)

    def take(self, frame: Frame, box: Box, key: Any) -> Values:
        """Return what a container holds under a key; `None` as key means any."""
        if key is None:
            self.read(box.shape)
            out = EMPTY
            own = frame.stored.get(box.id)
            if not own:
                out = self.read_all(box.fields.values())
            else:
                for each in dict.fromkeys((*box.fields, *own)):
                    out = self.union(out, self._held(frame, box, each))
            return self.limited(self.rows(frame, (box.id,), out))
        known = self._held(frame, box, key)
        if ANY in box.fields or (box.id, ANY) in frame.heap:
            return self.union(known, self._held(frame, box, ANY))
        if key not in box.fields:
            self.read(box.shape)
        return known

    def rows(self, frame: Frame, place: tuple[Any, ...], values: Values) -> Values:
        """Return values in which one container stands for all, when there are more than a cell may hold.

        A table of handlers is a container of many small ones: under a key that is not known any of them may be meant, and
        the one that stands for them holds under each key what any of them holds there.

        Args:
            frame: Who reads.
            place: The container that is read, and the keys below it.
            values: All that it holds.
        """
        if len(values) <= MAX_BOXES or len(place) > MAX_NESTING:
            return values
        site = self.objects[place[0]].site
        if type(site) is tuple and site[0] in ("*", "**"):  # what a function is handed is no table
            return values
        kinds = self.kinds
        found = frozenset([item for item in values if kinds[item] == BOX])
        if len(found) <= MAX_BOXES:
            return values
        table = self.tables.get(place)
        if table is None:
            first = self.objects[min(found)]
            assert isinstance(first, Box)
            table = self.tables[place] = Table(frame, place, self.box(first.type, ("rows", place)))
        self.flush(frame)
        table.fill(self, found - table.row.single)
        return (values - found) | table.row.single

    def _held(self, frame: Frame, box: Box, key: Any) -> Values:
        place = (box.id, key)
        own = frame.heap.get(place)
        cell = box.fields.get(key)
        if own is None:
            return self.read(cell) if cell is not None else EMPTY
        if cell is None:
            return own
        foreign = self.read(cell) - frame.published.get(place, EMPTY)
        return self.union(own, foreign) if foreign else own

    def flush(self, frame: Frame) -> None:
        """Make the frame's container stores visible to others: before it calls, and at its end."""
        for place in frame.dirty:
            box, key = place
            values = frame.heap.get(place)
            if values:
                made = self.objects[box]
                frame.published[place] = self.union(frame.published.get(place, EMPTY), values)
                self.flow(self.field(made, key), values)
            elif values is not None:
                self.field(self.objects[box], key)
        frame.dirty.clear()

    def edge(self, frame: Frame, target: Any, pos: int, reason: str, *, is_possible: bool = False) -> None:
        """Record that a frame calls something (a scope's frame, a class or an external name)."""
        frame.edges[(target, pos, reason, is_possible)] = None
