"""Third-party requirements of one service: what its code imports, at the monolith's versions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier
from packaging.version import Version

from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import top_level_of
from decompose.knowledge.distributions import (
    MAKERS_OF_SAVED_OBJECTS,
    distribution_of,
    is_standard,
    line_of,
    name_of,
)
from decompose.scaffold.need import Need
from decompose.scaffold.pins import NO_PINS, SERVER, Pins, brought, pinned
from decompose.scaffold.statements import Imported, ModuleText, Statement
from decompose.scaffold.territory import Territory

_WITH_PKG_RESOURCES = "setuptools<82"
"""Later ones lack `pkg_resources`, which libraries import without asking for it."""
_WITH_OLD_NUMPY = "pyarrow<26"
"""Later ones need numpy 2 without asking for it."""
_PICKLED = (".pkl", ".pickle", ".pk", ".p", ".joblib", ".dill", ".sav")


@dataclass(frozen=True, slots=True)
class Use:
    """One import of something that is none of the carried modules."""

    name: str
    """Dotted name, with what is taken from it."""
    span: Span
    is_optional: bool = False
    """Whether the code runs without it: it says so, or nothing reaches the function that imports it."""
    instead_of: tuple[str, ...] = ()
    """What it stands in for when that is missing."""

    @property
    def root(self) -> str:
        """Top-level module."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Extra:
    """A requirement without which the service runs as well."""

    line: str
    where: str
    """Place of the import, `path:line`."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a service asks an index for."""

    lines: tuple[str, ...]
    """PEP 508 lines, sorted by name."""
    extras: tuple[Extra, ...]
    """Sorted by line."""
    brought: tuple[str, ...]
    """What these bring along on every machine, where a lock file of the monolith says in which version; sorted."""
    provided: tuple[Use, ...]
    """Imports of what the tree itself provides under a name that the analysis did not find: nobody is asked for it."""


def imported_roots(needs: Iterable[Need], territory: Territory) -> tuple[str, ...]:
    """Return the third-party modules that the carried code imports, sorted."""
    return tuple(sorted({use.root for use in uses(needs, territory)}))


def uses(needs: Iterable[Need], territory: Territory) -> Iterator[Use]:
    """Yield the imports of third-party modules in the carried code."""
    for need in needs:
        text = territory.text(need.module.name)
        if text is None:
            yield from (Use(name, Span(need.module.path, 1)) for name in need.module.externals if not is_standard(name))
            continue
        for index in sorted(need.kept):
            yield from _uses_of(need, text, text.statements[index], territory)


def unpickled(territory: Territory, service: str, needs: Mapping[str, Mapping[str, Need]]) -> frozenset[str]:
    """Return the libraries whose objects may be in the pickled files that a service reads and others write.

    Nothing in the reader's code names them, and without them the file cannot be loaded. Which of the writer's libraries
    the saved object is of shows only when it runs, so all count that make such objects.

    Args:
        territory: Whose files they are.
        service: Name of the reader.
        needs: What each process carries, by its name.

    Returns:
        Top-level modules.
    """
    files = (file for artifacts in territory.blueprint.artifacts for file in artifacts.files)
    read = (file for file in files if service in file.readers and file.pattern.endswith(_PICKLED))
    writers = {writer for file in read for writer in file.writers} & needs.keys()
    roots = {root for writer in writers for root in imported_roots(needs[writer].values(), territory)}
    return MAKERS_OF_SAVED_OBJECTS & roots


def requirements(
    found: Iterable[Use], territory: Territory, more: Iterable[str] = (), pins: Pins = NO_PINS
) -> Requirements:
    """Return what an index is asked for: a line of the monolith where it has one, else the distribution's name.

    What the monolith states is installed wherever the monolith is, so it is required even where the code could do
    without. A name that the tree itself provides is never asked for: on an index anybody could have it.

    Args:
        found: The imports of a process.
        territory: Whose lines and names count.
        more: Top-level modules that it needs as well.
        pins: What the monolith's lock files say.
    """
    known = territory.requirement_lines
    needed: dict[str, str] = {}
    optional: dict[str, Extra] = {}
    provided: dict[str, Use] = {}
    for use in (*(Use(name, Span("")) for name in more), *found):
        stated = line_of(use.name, known)
        line = stated or distribution_of(use.name)
        if not stated and use.span.path and _is_provided(use, territory):
            provided.setdefault(use.root, use)
        elif line and (stated or not (use.is_optional or _has_first_choice(use, known))):
            line = pinned(line, use.name, pins)
            needed.setdefault(name_of(line), line)
        elif line:
            optional.setdefault(name_of(line), Extra(line, f"{use.span.path}:{use.span.line}"))
    extras = (optional[name] for name in sorted(optional.keys() - needed.keys()))
    lines = tuple(needed[name] for name in sorted(needed))
    along = brought(lines, pins)
    return Requirements(lines, tuple(extras), along, tuple(provided[name] for name in sorted(provided)))


def constraints(lines: Mapping[str, str]) -> tuple[str, ...]:
    """Return up to which version the libraries of a service may bring others along: no later one than the monolith states.

    Without it, what the monolith pins and a service does not import itself would come in the newest version. An earlier one
    may come: parts of a monolith that are installed apart may state what does not go together.

    Args:
        lines: Requirement lines of the monolith by distribution.

    Returns:
        Lines of a constraints file, sorted; none for what the generated server needs in a later version.
    """
    found = []
    for name in sorted(lines):
        try:
            stated = Requirement(lines[name])
        except InvalidRequirement:
            continue
        ends = sorted(end for specifier in stated.specifier for end in _end_of(specifier))
        least = SERVER.get(name)
        if ends and not (least and any(Version(end.lstrip("<=")) < least for end in ends)):
            found.append(f"{name}{','.join(ends)}" + (f"; {stated.marker}" if stated.marker else ""))
    return tuple(sorted({*found, *_unsaid({name_of(line): line for line in found}, lines)}))


def locked_constraints(pins: Pins, lines: Mapping[str, str]) -> tuple[str, ...]:
    """Return what holds for all that a service installs, where a lock file says it; sorted, empty without one.

    Args:
        pins: What the monolith's lock files say.
        lines: Requirement lines of the monolith by distribution: they count for what no lock file has.
    """
    if not pins.path:
        return ()
    stated = {name_of(line): line for line in constraints(lines)}
    known = {**stated, **{name: f"{name}{pin}" for name, pin in pins.bounds.items()}}
    return tuple(sorted({*known.values(), *_unsaid(known, known)}))


def _unsaid(bounds: Mapping[str, str], stated: Iterable[str]) -> Iterator[str]:
    """Yield what libraries need without asking for it, where the monolith states nothing of it.

    Args:
        bounds: Constraints by distribution.
        stated: Distributions that the monolith states, in some version or any.
    """
    if bounds and "setuptools" not in stated:
        yield _WITH_PKG_RESOURCES
    if "numpy" in bounds and "pyarrow" not in stated and not Requirement(bounds["numpy"]).specifier.contains("2.0"):
        yield _WITH_OLD_NUMPY


def _end_of(specifier: Specifier) -> Iterator[str]:
    """Yield where a range of versions ends, as a specifier."""
    version = specifier.version
    if specifier.operator in ("<", "<="):
        yield str(specifier)
    elif specifier.operator == "~=" or (specifier.operator == "==" and version.endswith(".*")):
        release = Version(version.removesuffix(".*")).release
        *before, last = release[:-1] if specifier.operator == "~=" else release
        yield "<" + ".".join(map(str, [*before, last + 1]))
    elif specifier.operator == "==":
        yield f"<={version}"


def own_name_finding(use: Use) -> Finding:
    """Return the finding (DC504) for an import of what the tree provides, but no service has."""
    return Finding(
        code="DC504",
        level="warning",
        span=use.span,
        message=f"`{use.root}` is imported, which this tree provides itself under another name or from another folder: no "
        "index is asked for it, and a service that needs it does not start",
        hint="analyse the folder from which it is imported, or state the library in the monolith's requirements",
    )


def _uses_of(need: Need, text: ModuleText, statement: Statement, territory: Territory) -> Iterator[Use]:
    for imported in statement.imports:
        is_pruned = statement.kind == "import" and not need.is_whole and imported.bound not in need.names
        if is_pruned or imported.when == "checked" or not _is_third_party(imported, need, territory):
            continue
        is_unreached = imported.when == "called" and not _is_reached(need, statement, territory)
        name = ".".join(filter(None, (imported.module, imported.attribute.removeprefix("*"))))
        yield Use(
            name,
            Span(need.module.path, imported.line),
            is_optional=is_unreached or (imported.is_optional and not _is_missed(imported, statement, text)),
            instead_of=imported.instead_of,
        )


def _is_missed(imported: Imported, statement: Statement, text: ModuleText) -> bool:
    """Return whether the module cannot be loaded without a name that it tries to import and puts nothing in the place of."""
    handlers = statement.node.handlers if isinstance(statement.node, (ast.Try, ast.TryStar)) else []
    stored = {n.id for h in handlers for n in ast.walk(h) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if (
        not handlers
        or imported.when != "loaded"
        or imported.bound in stored
        or text.binders[imported.bound] != (statement.index,)
    ):
        return False
    others = (s for s in text.statements if s.index != statement.index and s.kind in ("assign", "effect"))
    return any(imported.bound in _loaded(other) for other in others)


def _loaded(statement: Statement) -> frozenset[str]:
    """Return the names that a statement looks up when the module is loaded, whatever the case."""
    found: set[str] = set()
    waiting: list[ast.AST] = [statement.node] if statement.node is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            found.add(node.id)
        if isinstance(node, ast.IfExp):
            waiting.append(node.test)
        elif not isinstance(node, (ast.Lambda, ast.BoolOp)):
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def _is_reached(need: Need, statement: Statement, territory: Territory) -> bool:
    """Return whether somebody may call what a definition holds: a service has it, or several share it."""
    symbols = [top_level_of(f"{need.module.name}:{name}") for name in statement.binds]
    units = [symbol for symbol in symbols if symbol in territory.units]
    return not units or any(symbol in territory.owner or symbol in territory.shared for symbol in units)


def _is_provided(use: Use, territory: Territory) -> bool:
    """Return whether something of the tree may be what is imported; a file that alone has the name never means itself."""
    if use.root not in territory.own_names:
        return False
    named = [m.path for m in territory.graph.modules if use.root in m.path.removesuffix(".py").split("/")]
    return named != [use.span.path] or not use.span.path.endswith(f"{use.root}.py")


def _has_first_choice(use: Use, known: Mapping[str, str]) -> bool:
    """Return whether what an import stands in for will be there."""
    return bool(use.instead_of) and all(
        is_standard(name.partition(".")[0]) or line_of(name, known) for name in use.instead_of
    )


def _is_third_party(imported: Imported, need: Need, territory: Territory) -> bool:
    root = imported.module.partition(".")[0]
    if imported.level or not root or is_standard(root):
        return False
    inner = territory.submodule(imported, need.module.name) if imported.attribute else None
    if territory.find_module(imported, need.module.name) is not None or inner is not None:
        return False
    return not territory.is_package_folder(root) or _is_library_too(root, territory)


def _is_library_too(root: str, territory: Territory) -> bool:
    """Return whether a folder without `__init__.py` only has the name of a library that the monolith requires."""
    return not territory.is_module(root) and bool(line_of(root, territory.requirement_lines))
