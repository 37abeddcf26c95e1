"""U7: how many of the edges that the page draws open a line of the source that names what the edge leads to.

`python benchmarks/views/evidence.py TREE [TREE ...]` prints one JSON object a tree. An edge counts as named when one of
the lines that its evidence shows holds, as a word, the name of the callee (function, method, class or module) or, of
data and state, the last part of its name that is known, with or without suffix; `named only further on` are those for which that is the second line of an indirect edge.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import decompose
from decompose import api, views


def spellings(symbol: str) -> set[str]:
    """Return what a line must hold one of: an own rule, not that of the page."""
    prefix, _, name = symbol.removeprefix("state:").partition(":")
    if name in ("<module>", "<rng>"):
        return {PurePosixPath(prefix).name.rpartition(".")[2]}
    if (
        re.search(r"[./{]", name)
        and not re.fullmatch(r"[\w.<>]+", name)
        or symbol.split(":", maxsplit=1)[0] in ("asset", "table", "model", "url")
    ):
        known = [part for part in re.split(r"/|\{[^}]*\}", name) if len(part) > 2 and part[0] != "."]
        return (
            {known[-1], known[-1].partition(".")[0], *known[-1].split(" ")}
            if known
            else {*re.findall(r"\w+", name), name}
        )
    return {"lambda" if part.startswith("<lambda") else part for part in name.split(".")}


def measure(tree: Path) -> dict[str, Any]:
    """Return the counts of one system."""
    graph = decompose.analyze(tree)
    content = views.page_data(graph, lines=api.read_lines(graph, tree))
    strings, places, modules, units = (content[key] for key in ("strings", "places", "modules", "units"))
    kinds = [kind[0] for kind in content["kinds"]]
    count: Counter[str] = Counter()
    nameless: Counter[str] = Counter()
    examples: list[str] = []
    for source, target, kind, _, _, _, via, shown, named in content["links"]:
        symbol = f"{modules[units[target][1]][0]}:{units[target][0]}"
        lines = [(places[n][0], places[n][1], strings[places[n][3]]) for n in shown]
        further = (places[named][0], places[named][1], strings[places[named][3]]) if named >= 0 else None
        count["edges"] += 1
        count["with a place"] += bool(lines)
        if any(says(content, line, strings[via] or symbol) for line in lines):
            count["named"] += 1
        elif further and says(content, further, strings[via] or symbol):
            count["named only further on"] += 1
        elif not re.search(r"\w", strings[via].partition(":")[2] or "x"):
            count["nothing is known of the name"] += 1
        else:
            nameless[kinds[kind]] += 1
            examples.append(f"{units[source][0]} > {strings[via] or symbol} {lines[:1]} {further}")
    good = count["named"] + count["named only further on"]
    nameable = count["edges"] - count["nothing is known of the name"]
    return {
        "system": graph.name, "lines": sum(module.lines for module in graph.modules), **count,
        "share": round(good / nameable, 4), "nameless by kind": dict(nameless), "examples": examples[:12],
    }  # fmt: skip


def says(content: dict[str, Any], place: tuple[int, int, str], thing: str) -> bool:
    """Return whether the embedded line of a place names a thing, or a member of it that the place is about."""
    file, line, target = place
    text = content["lines"].get(file, {}).get(line, "")
    wanted = spellings(thing) | (spellings(target) if target.startswith(thing) else set())
    there = set(re.findall(r"\w+", text))
    return any(word in (there if re.fullmatch(r"\w+", word) else text) for word in wanted)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(measure(Path(name)), indent=1), flush=True)
