"""What goes through the artifact store: files that one service writes and another reads, and models, folder by folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from decompose.boundary.owners import Touch
from decompose.boundary.system import System
from decompose.ir.blueprint import ArtifactFile, ArtifactSet, Handoff
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import is_asset, path_pattern

ROOT_SET = "workdir"
"""Name of the set of files that stand in the working directory itself."""
_KINDS = ("file", "directory", "model")


def artifact_sets(
    touched: Mapping[str, Touch], handoffs: Iterable[Handoff], system: System
) -> tuple[tuple[ArtifactSet, ...], tuple[Finding, ...]]:
    """Return the sets that are versioned, and a finding (DC409) for each hand-off whose path is not known.

    A file that crosses services is in, and so is every model, for it is what people roll back. What a service writes
    beside one of these belongs to the same set: a model without its metadata of the same version is of no use.

    Args:
        touched: Which services write and read each asset.
        handoffs: Assets that cross services.
        system: The graph.
    """
    kinds = {asset.symbol: asset.kind for asset in system.graph.assets}
    crossing = {handoff.asset for handoff in handoffs}
    patterns = {s: p for s in touched if is_asset(s) and kinds.get(s) in _KINDS and (p := path_pattern(s))}
    chosen = {s for s in patterns if (s in crossing or kinds[s] == "model") and touched[s].writers}
    folders = {_folder(patterns[s]) for s in chosen}
    chosen |= {s for s, p in patterns.items() if touched[s].writers and _folder(p) in folders}
    home = _merged({patterns[s] for s in chosen})
    files: dict[str, dict[str, list[Touch]]] = {}
    for symbol in sorted(chosen):
        pattern = patterns[symbol]
        files.setdefault(home[_folder(pattern)], {}).setdefault(pattern, []).append(touched[symbol])
    sets = tuple(
        ArtifactSet(name=name, files=tuple(_file(p, group) for p, group in sorted(found.items())))
        for name, found in sorted(files.items())
    )
    lost = sorted(s for s in crossing if kinds.get(s) in _KINDS and s not in patterns)
    return sets, tuple(_unplaced(symbol, system) for symbol in lost)


def _folder(pattern: str) -> str:
    """Return the folder of a pattern as far as it is known."""
    known: list[str] = []
    for part in pattern.split("/")[:-1]:
        if "*" in part:
            break
        known.append(part)
    return "/".join(known) or ROOT_SET


def _merged(patterns: Iterable[str]) -> dict[str, str]:
    """Return the set of each folder: a folder below another whose patterns reach into it is part of that one's set."""
    folders = {_folder(pattern) for pattern in patterns}
    reaching = {_folder(p) for p in patterns if "*" in posixpath.dirname(p)} - {ROOT_SET}
    return {
        folder: min((above for above in reaching if f"{folder}/".startswith(f"{above}/")), default=folder, key=len)
        for folder in folders
    }


def _file(pattern: str, group: Iterable[Touch]) -> ArtifactFile:
    """Return one pattern with everybody who touches it."""
    touches = list(group)
    return ArtifactFile(
        pattern=pattern,
        writers=tuple(sorted({name for touch in touches for name in touch.writers})),
        readers=tuple(sorted({name for touch in touches for name in touch.readers})),
    )


def _unplaced(symbol: str, system: System) -> Finding:
    """Return the finding that a file is handed over under a path that the code builds as it runs."""
    edges = [edge for edge in system.incoming.get(symbol, ()) if edge.kind in ("read", "write")]
    edge = min(edges, key=lambda e: (e.kind != "write", e.source))
    place = edge.sites[0] if edge.sites else None
    return Finding(
        code="DC409",
        level="warning",
        span=Span(path=place.path, line=place.line) if place else system.units[edge.source].span,
        message=f"`{symbol}` is handed over, but where it stands is not known: it is in no version",
        hint="give it a path with a constant folder or name, or let the services share a working directory",
        symbol=symbol,
    )
