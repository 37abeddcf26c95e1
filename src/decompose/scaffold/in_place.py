"""Services taken out of a monolith that goes on running: a switch in each module whose code has moved, as a patch."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decompose.ir.extraction import Extraction
from decompose.ir.symbols import module_of, qualname_of
from decompose.scaffold.closure import Closure
from decompose.scaffold.facades import RUNTIME_NAMES, wrapped
from decompose.scaffold.merge import split_lines
from decompose.scaffold.need import Need
from decompose.scaffold.pytext import HEADER, doc_literal, pystr
from decompose.scaffold.render import Definitions, Names, client_alias, definitions_of
from decompose.scaffold.statements import ModuleText

PATCH = "monolith.patch"
PACKAGE = "service_switch"
_SOURCE = f"packages/switch/src/{PACKAGE}"


@dataclass(frozen=True, slots=True)
class Seam:
    """What one service answers of one module of the monolith."""

    service: str
    need: Need
    text: ModuleText
    names: frozenset[str]
    """Functions and classes."""
    values: tuple[str, ...]
    """Module-level values that change and that only the service changes."""
    home: str
    """Module of the facades below the service's folder."""


def in_place(closure: Closure, names: Names, extraction: Extraction) -> dict[str, bytes]:
    """Return the patch of the monolith and the facades that it switches to, by path.

    Args:
        closure: What the process needs that stands where the monolith stood.
        names: Final names of operations.
        extraction: What is taken out.
    """
    seams = sorted(_seams(closure, extraction), key=lambda seam: (seam.need.module.path, seam.service))
    files = {f"{_SOURCE}/__init__.py": f'{HEADER}\n"""Facades that the monolith switches to."""\n'.encode()}
    files |= {f"{_SOURCE}/py.typed": b""}
    for seam in seams:
        home = f"{_SOURCE}/{seam.service}"
        files[f"{home}/__init__.py"] = f'{HEADER}\n"""What `{seam.service}` answers."""\n'.encode()
        files[f"{home}/{seam.home}.py"] = _facades(seam, seams, closure, names, extraction).encode()
    files[PATCH] = b"".join(_patches(seams, closure.territory.sources))
    return files


def _seams(closure: Closure, extraction: Extraction) -> Iterator[Seam]:
    territory, taken = closure.territory, Counter[tuple[str, str]]()
    for need in closure.needs.values():
        text = territory.text(need.module.name)
        for service in extraction.services if text is not None else ():
            names = {n for n in need.facades if territory.owner.get(f"{need.module.name}:{n}") == service}
            if names and text is not None:
                home = re.sub(r"\W+", "_", need.module.path.removesuffix(".py"))
                taken[service, home] += 1
                home += f"_{taken[service, home]}" if taken[service, home] > 1 else ""
                yield Seam(service, need, text, frozenset(names), _values(closure, need, text, service), home)


def _values(closure: Closure, need: Need, text: ModuleText, service: str) -> tuple[str, ...]:
    """Return values that live on in the service alone: they change, and no code that stays here uses them."""
    territory = closure.territory
    used = {name for index in need.kept for name in text.statements[index].uses}
    is_owner = territory.body_owner(need.module.name) == service
    found = {n for n in need.remote_values if f"{need.module.name}:{n}" in territory.mutated}
    return tuple(sorted(found - used)) if is_owner else ()


def _facades(seam: Seam, seams: list[Seam], closure: Closure, names: Names, extraction: Extraction) -> str:
    homes = {s.need.module.name: f"{PACKAGE}.{s.service}.{s.home}" for s in seams if s.service == seam.service}
    found = definitions_of(seam.need, closure, names, seam.text, set(seam.names), homes)
    head = doc_literal(f"What `{seam.service}` answers of `{seam.need.module.name}`.")
    definitions = "".join(f"\n\n{text}" for text in found.texts)
    return f"{HEADER}\n{head}\n\n{_imports(seam, found)}{definitions}\n\n{_switch(seam, closure, extraction)}"


def _imports(seam: Seam, found: Definitions) -> str:
    text = "".join(found.texts)
    used = [name for name in RUNTIME_NAMES if name in text]
    lines = [f"from service_contracts.clients import {seam.service} as {client_alias(seam.service)}"]
    lines += [f"from service_runtime import {', '.join(used)}"] if used else []
    lines += ["from service_runtime.extracted import Switch"]
    bases = sorted(set(found.base_imports.values()))
    return "\n".join([*lines, *([""] if bases else []), *bases]) + "\n"


def _switch(seam: Seam, closure: Closure, extraction: Extraction) -> str:
    facades = [f"{pystr(name)}: {name}" for name in sorted(seam.names)]
    reasons = [f"{pystr(n)}: {pystr(why)}" for n, why in sorted(_only_local(seam, closure, extraction).items())]
    values = [pystr(name) for name in seam.values]
    lines = [
        "switch = Switch(",
        f"    {pystr(seam.service)},",
        f"    {pystr(seam.need.module.name)},",
        f"    client={client_alias(seam.service)},",
        wrapped("facades={", facades, "},", 4),
        *([wrapped("values=(", values, ",)," if len(values) == 1 else "),", 4)] if values else []),
        *([wrapped("only_local={", reasons, "},", 4)] if reasons else []),
        ")",
        '"""Call it with `globals()` at the end of the module: it does as `EXTRACT_'
        + seam.service.upper()
        + '` says."""',
    ]
    return "\n".join(lines) + "\n"


def _only_local(seam: Seam, closure: Closure, extraction: Extraction) -> dict[str, str]:
    """Return why something must not be asked twice, by name in the module."""
    found = {}
    for symbol, reason in extraction.unrepeatable.items():
        name = qualname_of(symbol)
        is_here = module_of(symbol) == seam.need.module.name and name.partition(".")[0] in seam.names
        if is_here and symbol in closure.territory.units:
            found[name] = reason
    return found


def _patches(seams: list[Seam], sources: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield a unified diff of each module: the lines to add, with three lines around them."""
    by_path: dict[str, list[Seam]] = {}
    for seam in seams:
        by_path.setdefault(seam.need.module.path, []).append(seam)
    for path, here in sorted(by_path.items()):
        before = sources[path].decode("utf-8", "surrogateescape")
        after = _switched(before, here)
        hunks = difflib.unified_diff(split_lines(before), split_lines(after), f"a/{path}", f"b/{path}")
        for line in hunks:
            end = "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
            yield (line + end).encode("utf-8", "surrogateescape")


def _switched(source: str, seams: list[Seam]) -> str:
    """Return the module with a switch for each service, each right behind the last definition that it stands for."""
    lines = source.split("\n")
    ending = "\r" if "\r\n" in source else ""
    for seam in sorted(seams, key=_last_line, reverse=True):
        rest = lines[_last_line(seam) :]
        blank = next((i for i, line in enumerate(rest) if line.strip()), 2)
        block = [*_block(seam), *[""] * (2 - blank)]
        lines[_last_line(seam) : _last_line(seam)] = [line + ending for line in block]
    return "\n".join(lines)


def _last_line(seam: Seam) -> int:
    text = seam.text
    indexes = [i for name in seam.names for i in text.binders[name] if text.statements[i].kind != "main"]
    return max(text.statements[i].end_line for i in indexes)


def _block(seam: Seam) -> list[str]:
    variable = f"EXTRACT_{seam.service.upper()}"
    return [
        "",
        "",
        f"# The service `{seam.service}` has this code too: {variable} says local (this one), remote, or shadow (both).",
        f'if __import__("os").environ.get("{variable}", "local") != "local":',
        f"    from {PACKAGE}.{seam.service}.{seam.home} import switch as _switch",
        "",
        "    _switch(globals())",
    ]
