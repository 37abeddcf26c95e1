"""From links to asset records: names that mean one thing become one asset, each with its readers and writers."""

from __future__ import annotations

import posixpath
import re

import msgspec

from decompose.graph.assets import Link
from decompose.graph.naming import is_template, pattern_of, symbol_of
from decompose.ir.graph import Asset, AssetKind, Edge, Unit

MIN_LETTERS = 3
"""Letters of a file name that must be known before a template is taken for another name."""


def assets_of(links: list[Link]) -> tuple[tuple[Asset, ...], tuple[Edge, ...]]:
    """Return assets and the edges of their readers and writers, both sorted.

    Templates that fit exactly one known name become that name; folders that are only made are left out; a folder
    that something is unpacked into stands for the files below it that somebody reads and nobody else writes.
    """
    links = _unpacked(_matched(_stored(links)))
    assets: dict[str, list[Link]] = {}
    edges: dict[tuple[str, str, str], list[Link]] = {}
    for link in links:
        symbol = symbol_of(link.name, link.kind, is_registry=link.is_registry)
        assets.setdefault(symbol, []).append(link)
        edges.setdefault((link.unit, symbol, link.effect), []).append(link)
    made = tuple(
        Asset(
            symbol=symbol,
            kind=_strongest(found),
            name=found[0].name,
            format=next((k.format for k in found if k.format), ""),
            columns=tuple(sorted({c for k in found for c in k.columns})),
            detail=next((f"written as `{k.original}`" for k in found if k.original), ""),
        )
        for symbol, found in sorted(assets.items())
    )
    joined = tuple(
        Edge(
            source=unit, target=symbol, kind=effect,  # type: ignore[arg-type]
            confidence="certain" if any(k.is_certain for k in found) else "possible",
            reason=f"api:{found[0].api}",
            sites=tuple(sorted({k.site for k in found})),
        )
        for (unit, symbol, effect), found in sorted(edges.items())
    )  # fmt: skip
    return made, joined


def answered(assets: tuple[Asset, ...], units: tuple[Unit, ...]) -> tuple[Asset, ...]:
    """Return the assets, with URLs that a route of the tree itself answers saying which."""
    routes = [
        (pattern_of(path), path, unit.symbol)
        for unit in units
        if unit.entry is not None and unit.entry.kind == "route"
        for path in [unit.entry.detail.rpartition(" ")[2].rstrip("/")]
        if len(path) > 1
    ]
    out = []
    for asset in assets:
        if asset.kind == "url":
            path = re.sub(r"^(?:https?://[^/]*|\{[^{}]*\})", "", asset.name).rstrip("/")
            found = sorted({symbol for pattern, _, symbol in routes if path and pattern.fullmatch(path)})
            if found:
                asset = msgspec.structs.replace(asset, detail=f"answered by `{found[0]}`")
        out.append(asset)
    return tuple(out)


def _strongest(found: list[Link]) -> AssetKind:
    kinds = [k.kind for k in found]
    return next((k for k in ("model", "table", "config") if k in kinds), kinds[0])


def _matched(links: list[Link]) -> list[Link]:
    """Give templates the fuller name that they stand for, where only one fits."""
    named = [k for k in links if k.kind not in ("env", "url") and not k.is_registry]
    fuller = sorted({k.name for k in named if not is_template(k.name.rpartition("/")[2])})
    for name in sorted({k.name for k in named if is_template(k.name) and _is_telling(k.name)}):
        pattern = pattern_of(name)
        fits = [other for other in fuller if other != name and pattern.fullmatch(other)]
        if len(fits) == 1:
            for link in named:
                if link.name == name:
                    link.name = fits[0]
                    link.is_certain = False
    return links


def _stored(links: list[Link]) -> list[Link]:
    """Take a store as one asset where some access does not say to which entry: it may be any of them."""
    opaque = {k.store for k in links if k.store and k.name == k.store}
    for link in links:
        if link.store in opaque:
            link.name = link.store
    return links


def _is_telling(name: str) -> bool:
    """Return whether enough of the last part of a template is known to tell files apart."""
    bare = re.sub(r"\{[^{}]*\}", "", posixpath.splitext(name.rpartition("/")[2])[0])
    return len(re.sub(r"[^A-Za-z]", "", bare)) >= MIN_LETTERS


def _unpacked(links: list[Link]) -> list[Link]:
    written = {k.name for k in links if k.effect == "write" and not k.is_place}
    read = {k.name: k for k in links if k.effect == "read" and not k.is_place}
    out: list[Link] = []
    for link in links:
        if not link.is_place:
            out.append(link)
            continue
        if link.kind != "directory" or "extract" not in link.api:
            continue
        below = [n for n in sorted(read) if n.startswith(link.name + "/") and n not in written]
        for name in below:
            out.append(
                Link(
                    link.unit, name, read[name].kind, "write", read[name].format, link.site, link.api, is_certain=False
                )
            )
        if not below:
            out.append(link)
    return out
