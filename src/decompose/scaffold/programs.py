"""Notebooks and scripts of the monolith as modules of functions, `functions/<path>.py` in the output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from decompose.errors import GenerateError
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Module, Unit
from decompose.ir.symbols import qualname_of
from decompose.scaffold.functions import functions_of
from decompose.scaffold.segments import Cell
from decompose.scaffold.territory import Territory

FOLDER = "functions"
FORM = "functions"
SCRIPT_STATEMENTS = 5
"""Statements besides imports and definitions from which a script is worth taking apart."""


@dataclass(slots=True)
class Programs:
    """What became of notebooks and scripts."""

    files: dict[str, bytes] = field(default_factory=dict)
    provenance: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def turn_into_functions(territory: Territory, notebooks: Mapping[str, str]) -> Programs:
    """Return every notebook and script as functions, or a finding (DC502) with the line that stands in the way.

    Args:
        territory: The analysed tree.
        notebooks: Code cells of the notebooks as one text, by path.
    """
    found = Programs()
    for module in sorted(territory.modules.values(), key=lambda m: m.path):
        source = notebooks.get(module.path) if module.kind == "notebook" else _script(territory, module)
        if source is None or not source.strip():
            continue
        target = _target(module.path, found.files)
        try:
            text = functions_of(source, _cells(territory, module), module.path)
        except GenerateError as error:
            found.findings.append(_refusal(module.path, error))
            continue
        found.files[target] = "\n".join(text.lines).encode()
        found.provenance[target] = [
            {"lines": [first, last], "source": module.path, "line": origin, "form": FORM}
            for first, last, origin in text.ranges
        ]
    return found


def _script(territory: Territory, module: Module) -> str | None:
    """Return the text of a script that does its work at the top level, `None` for any other file."""
    text = territory.text(module.name) if module.name in territory.programs else None
    working = [s for s in text.statements if s.kind in ("assign", "effect", "compound")] if text is not None else []
    if len(working) < SCRIPT_STATEMENTS:
        return None
    return territory.sources[module.path].decode("utf-8", "replace")


def _cells(territory: Territory, module: Module) -> list[Cell]:
    cells = [u for u in territory.graph.units if u.module == module.name and u.kind == "cell"]
    ordered = sorted(cells, key=lambda u: u.span.line)
    return [Cell(qualname_of(u.symbol), u.span.line, max(u.span.line, u.span.end_line), _role(u)) for u in ordered]


def _role(unit: Unit) -> str:
    return max(unit.roles, key=lambda tag: (tag.confidence, tag.role)).role if unit.roles else ""


def _target(path: str, taken: Mapping[str, bytes]) -> str:
    """Return where the module goes: the same folders, every part an identifier."""
    parts = [re.sub(r"\W", "_", part) or "_" for part in PurePosixPath(path).with_suffix("").parts]
    parts = [part if not part[0].isdigit() else f"nb_{part}" for part in parts]
    base = "/".join((FOLDER, *parts))
    name, number = f"{base}.py", 2
    while name in taken:
        name, number = f"{base}_{number}.py", number + 1
    return name


def _refusal(path: str, error: GenerateError) -> Finding:
    place, _, rest = error.message.removeprefix(f"{path}:").partition(": ")
    return Finding(
        code="DC502",
        level="note",
        span=Span(path=path, line=int(place) if place.isdigit() else 1),
        message=f"not turned into functions: {rest}",
        hint=error.hint or "change the line, then generate again",
    )
