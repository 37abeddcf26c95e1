"""The order in which modules first run, where it matters: in circles of imports.

Of modules that import each other in a circle, one finds another half run. Whether that works depends on where the circle
is entered. A process that carries less than the monolith may enter it elsewhere; it is made to enter where the monolith
does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from decompose.ir.components import strong_components
from decompose.ir.symbols import module_of
from decompose.scaffold.closure import Closure
from decompose.scaffold.loading import Loading, import_name
from decompose.scaffold.need import Need
from decompose.scaffold.statements import Imported, Statement
from decompose.scaffold.territory import CLIENT, Territory

_AFTER_ALL = 1 << 30
"""Position of imports that the generator writes behind those of a module."""
_PACKAGING = ("test", "packaging")

Step = tuple[int, str]
"""Index of a statement, and a module that it loads."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a module came to run first."""

    rank: int
    importer: str
    """Empty when nothing imported it."""
    statement: int


class Monolith:
    """What each module of the monolith loads when it first runs, and in which order all of them do.

    Args:
        territory: The sources.
    """

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self._steps: dict[str, tuple[Step, ...]] = {}
        imported = {target for name in territory.modules for _, target in self.steps(name) if target != name}
        self.entries = sorted(
            territory.modules, key=lambda m: (m in imported, territory.modules[m].kind in _PACKAGING, m.count("."), m)
        )
        """Modules in the order in which they are loaded: what nothing imports comes first."""
        self.runs = _runs(((-1, target) for name in self.entries for target in self.loaded(name)), self.steps)

    def steps(self, module: str) -> tuple[Step, ...]:
        """Return what the module loads as it runs, in order."""
        known = self._steps.get(module)
        if known is None:
            text = self.territory.text(module)
            statements = text.statements if text is not None else ()
            known = self._steps[module] = tuple(step for s in statements for step in self.steps_of(module, s))
        return known

    def steps_of(self, module: str, statement: Statement, names: set[str] | None = None) -> Iterator[Step]:
        """Yield what one statement of a module loads.

        Args:
            module: Name of the module.
            statement: One of its statements.
            names: Of an import: the names that are left of it; all by default.
        """
        for imported in statement.imports if statement.kind != "main" else ():
            is_left = names is None or statement.kind != "import" or imported.bound in names
            if is_left and imported.when == "loaded":
                yield from ((statement.index, target) for target in self._targets(imported, module))

    def loaded(self, module: str) -> Iterator[str]:
        """Yield a module behind the packages that run before it."""
        name = self.territory.modules[module].name
        yield from self._targets(Imported(name, name), module)
        yield module

    def _targets(self, imported: Imported, importer: str) -> Iterator[str]:
        territory = self.territory
        parts = territory.absolute(imported, importer).split(".")
        found = None
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            found = territory.find_module(Imported(name, name), importer)
            if found is not None:
                yield found[0].name
        inner = territory.submodule(imported, importer) if imported.attribute else None
        if inner is not None:
            text = territory.text(found[0].name) if found is not None else None
            if text is None or imported.attribute not in text.binders:
                yield inner[0].name


def enter_circles(closure: Closure, monolith: Monolith, loading: Loading) -> None:
    """Have a process enter each circle of imports where the monolith does (`Need.first`, `Closure.first`).

    What a module no longer imports, but must for that, is imported where it was.

    Args:
        closure: The needs of the process, all found.
        monolith: The order to keep.
        loading: What services load when they start.
    """
    entries = _entries(closure, monolith, loading)
    process = _Process(closure, monolith)
    circles = _circles({name: process.steps(name) for name in closure.territory.modules})
    for _ in circles:
        late = process.too_late(circles, [*closure.first, *entries])
        if late is None:
            return
        module, runs = late
        _have_first(module, runs, closure, monolith)


def _entries(closure: Closure, monolith: Monolith, loading: Loading) -> list[str]:
    """Return the modules that are loaded when the process starts, in order, and then those that may be loaded later."""
    if closure.process == CLIENT:
        return monolith.entries
    service = closure.territory.service_by_name[closure.process]
    own = {import_name(need): name for name, need in closure.needs.items()}
    at_start = [own[name] for name in loading.preload(service, closure.needs)]
    return [*closure.territory.blueprint.startup, *at_start, *sorted(closure.needs)]


def _have_first(module: str, runs: dict[str, Run], closure: Closure, monolith: Monolith) -> None:
    """Import a module where the monolith came to it, in the nearest place that runs before; or before all else."""
    run = monolith.runs[module]
    while run.importer:
        need = closure.needs.get(run.importer)
        if need is not None and run.importer in runs and _is_rewritten(closure, need):
            wanted = need.first.setdefault(run.statement, [])
            if module not in wanted:
                wanted.append(module)
                return
        run = monolith.runs[run.importer]
    if module not in closure.first:
        closure.first.append(module)


class _Process:
    """What the modules of a process load when they first run."""

    def __init__(self, closure: Closure, monolith: Monolith) -> None:
        self.closure = closure
        self.monolith = monolith

    def steps(self, module: str) -> Iterator[Step]:
        """Yield what a module of the process loads as it runs, in order."""
        need = self.closure.needs.get(module)
        if need is None or not _is_rewritten(self.closure, need):
            if need is not None or self.closure.process == CLIENT:
                yield from self.monolith.steps(module)
            return
        text = self.closure.territory.text(module)
        assert text is not None
        for index in sorted(need.kept | need.first.keys()):
            for first in need.first.get(index, ()):
                yield from ((index, target) for target in self.monolith.loaded(first))
            if index in need.kept:
                yield from self.monolith.steps_of(module, text.statements[index], need.names)
        for name in sorted(need.facades):
            for base in self.closure.territory.units[f"{module}:{name}"].bases:
                if module_of(base) in self.closure.needs:
                    yield _AFTER_ALL, module_of(base)

    def too_late(self, circles: dict[str, int], entries: list[str]) -> tuple[str, dict[str, Run]] | None:
        """Return the first module that should have run before another of its circle, and what ran until then."""
        before: dict[int, list[str]] = {}
        for name in sorted(circles, key=lambda n: self.monolith.runs[n].rank):
            before.setdefault(circles[name], []).append(name)
        runs = _runs(((-1, n) for entry in entries for n in self.monolith.loaded(entry)), self.steps)
        done: dict[str, Run] = {}
        for name, run in runs.items():
            for other in before.get(circles.get(name, -1), ()):
                if other == name:
                    break
                if other not in done and other in runs:
                    return other, done
            done[name] = run
        return None


def _is_rewritten(closure: Closure, need: Need) -> bool:
    """Return whether the process has a text of its own for the module, not the monolith's."""
    return (
        not need.is_whole and need.form in ("facade", "split") and closure.territory.text(need.module.name) is not None
    )


def _circles(steps: dict[str, Iterator[Step]]) -> dict[str, int]:
    """Return the number of the circle of imports in which each module stands; modules in none are left out.

    That a package imports its own modules, and they each other through it, is no circle by itself: the package always
    runs first.
    """
    names = sorted(steps)
    number = {name: i for i, name in enumerate(names)}
    successors = [
        sorted({number[t] for _, t in steps[name] if t in number and not name.startswith(f"{t}.")}) for name in names
    ]
    found = strong_components(successors)
    return {names[i]: k for k, members in enumerate(found) if len(members) > 1 for i in members}


def _runs(entries: Iterable[Step], steps: Callable[[str], Iterable[Step]]) -> dict[str, Run]:
    """Return how each module comes to run first, in that order, when the entries are imported one after the other."""
    found: dict[str, Run] = {}
    stack: list[tuple[str, Iterator[Step]]] = [("", iter(entries))]
    while stack:
        importer, waiting = stack[-1]
        for index, target in waiting:
            if target not in found:
                found[target] = Run(len(found), importer, index)
                stack.append((target, iter(steps(target))))
                break
        else:
            stack.pop()
    return found
