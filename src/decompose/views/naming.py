"""Where the name of what a link needs is spelt out, for links whose own lines reach it without naming it.

A call through a variable, a decorator, a property, an operator or a path from the settings happens on a line on which
the name of the callee or asset does not stand. A reader finds it where it was handed over, named in passing, or defined.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import PurePosixPath
from typing import NamedTuple

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.masking import mask
from decompose.views.links import Link, Place

NAMED, DEFINED = "named here", "defined here"
_WORD = re.compile(r"\w+")
_SHORTEST_PART = 3
"""Letters of a part of an asset's name that say something."""
_TEXT = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENCODING}


class _Spelling(NamedTuple):
    """Lines of one file by what stands on them, comments and docstrings left out."""

    names: Mapping[str, Sequence[int]]
    strings: Sequence[tuple[int, str]]
    definitions: frozenset[int]
    imports: frozenset[int]


class Names:
    """Says which links do not name what they need, and where the name stands.

    Args:
        graph: The system.
        lines: Source lines by path.
    """

    def __init__(self, graph: CodeGraph, lines: Mapping[str, Sequence[str]]) -> None:
        self._lines = lines
        self._units: dict[str, Unit] = {unit.symbol: unit for unit in graph.units}
        self._states = {state.symbol: state.span for state in graph.states}
        self._spellings: dict[str, _Spelling] = {}
        self._found: dict[tuple[str, str], Place | None] = {}
        self._anywhere: dict[tuple[str, bool], tuple[str, int] | None] = {}
        self._paths = sorted(lines)
        texts = ["\n".join(lines[path]) + "\n" for path in self._paths]
        self._everything = "".join(texts)
        self._starts = [0, *accumulate(map(len, texts))]
        self._number_by_path = {path: number for number, path in enumerate(self._paths)}
        self._paths_by_target: dict[str, set[str]] = defaultdict(set)
        self._targets_by_site: dict[tuple[str, int], set[str]] = defaultdict(set)
        for edge in graph.edges:
            target = symbols.top_level_of(edge.target) if symbols.is_code(edge.target) else edge.target
            for site in edge.sites:
                self._paths_by_target[target].add(site.path)
                if edge.kind == "call":
                    self._targets_by_site[site.path, site.line].add(edge.target)

    def missing(self, link: Link, shown: Iterable[Place]) -> Place | None:
        """Return where the name stands, or `None` where a place that is shown has it, or no line of the system does."""
        places = list(shown)
        if not self._lines or any(self._says(place, _wanted(link, place)) for place in places):
            return None
        thing = link.via or link.target
        first = places[0] if places else None
        key = (thing, first.path if first else "")
        if key not in self._found:
            self._found[key] = self._sought(thing, link, first)
        return self._found[key]

    def _says(self, place: Place, words: Iterable[str]) -> bool:
        found = self._lines.get(place.path, ())
        raw = found[place.line - 1] if 0 < place.line <= len(found) else place.text
        words = [word for word in words if word in raw]
        if not words:
            return False
        text = mask(raw)
        there = set(_WORD.findall(text))
        return any(word in there if word.isidentifier() else word in text for word in words)

    def _sought(self, thing: str, link: Link, first: Place | None) -> Place | None:
        unit, source = self._units.get(thing), self._units.get(link.source)
        paths = [source.span.path] if source else []
        near = {first.path, *self._beside(first)} if first else set()
        paths += sorted(near - set(paths))
        paths += sorted(self._paths_by_target.get(thing, set()) - set(paths))
        is_data = unit is None and not symbols.is_state(thing)
        for word in (*_parts_of(thing), *_pieces_of(thing)):
            for path in paths:
                for line in self._spelt(path, word, is_code=symbols.is_code(thing) or symbols.is_state(thing)):
                    found = Place(link.source, thing, path, line, "name", NAMED)
                    if (unit is None or line != unit.span.line) and self._says(found, (word,)):
                        return found
            if is_data and (spot := self._first(word, is_code=False)):
                return Place(link.source, thing, *spot, "name", NAMED)
        for word in _parts_of(thing) if is_data else ():  # a file that is called as a class or function is
            if spot := self._first(word, is_code=True):
                return Place(link.source, thing, *spot, "name", NAMED)
        return self._definition(thing, link)

    def _first(self, word: str, *, is_code: bool) -> tuple[str, int] | None:
        """Return the first line of the whole system with a string that holds a word, or of code with a name."""
        if (word, is_code) not in self._anywhere:
            spots = (
                (path, line)
                for path in self._holding(word)
                for line in (
                    self._spelling(path).names.get(word, ()) if is_code else self._spelt(path, word, is_code=False)
                )
                if self._says(Place("", "", path, line, "name"), (word,))
            )
            self._anywhere[word, is_code] = next(spots, None)
        return self._anywhere[word, is_code]

    def _holding(self, word: str) -> Iterator[str]:
        """Yield the files whose text holds a word: one search through all of them, for most words stand nowhere."""
        at = self._everything.find(word)
        while 0 <= at < len(self._everything):
            number = bisect_right(self._starts, at) - 1
            yield self._paths[number]
            at = self._everything.find(word, self._starts[number + 1])

    def _beside(self, place: Place) -> Iterator[str]:
        """Yield the files of what else is called on a line: a wrapper is named where the wrapped function stands."""
        for target in self._targets_by_site.get((place.path, place.line), ()):
            if target in self._units:
                yield self._units[target].span.path

    def _definition(self, thing: str, link: Link) -> Place | None:
        unit = self._units.get(thing)
        span = unit.span if unit else self._states.get(thing)
        if span is None:
            return None
        known = self._spelling(span.path)
        for word in _parts_of(thing):
            lines = [line for line in known.names.get(word, ()) if line >= span.line]
            for line in sorted(lines, key=lambda line: (line not in known.definitions, line)):
                return Place(link.source, thing, span.path, line, "name", DEFINED)
        return None

    def _spelt(self, path: str, word: str, *, is_code: bool) -> list[int]:
        """Return the lines of a file on which a name stands; uses before imports, definitions not at all."""
        number = self._number_by_path.get(path)
        if number is None or self._everything.find(word, self._starts[number], self._starts[number + 1]) < 0:
            return []
        known = self._spelling(path)
        if not is_code:
            return [line for line, text in known.strings if word in text]
        uses = [line for line in known.names.get(word, ()) if line not in known.definitions]
        return sorted(uses, key=lambda line: (line in known.imports, line))

    def _spelling(self, path: str) -> _Spelling:
        if path not in self._spellings:
            self._spellings[path] = _spelling(self._lines.get(path, ()))
        return self._spellings[path]


def _wanted(link: Link, place: Place) -> tuple[str, ...]:
    """Return the names of which a place has to hold one: of the asset or state, else of the callee or its class."""
    return _parts_of(link.via) if link.via else (*_parts_of(link.target), *_parts_of(place.target))


@cache
def _parts_of(thing: str) -> tuple[str, ...]:
    """Return the spellings of a symbol, best first: of code its name, of a module body the module's, of data the last
    part of its path of which something is known.
    """
    if symbols.is_code(thing) or symbols.is_state(thing):
        module, _, name = thing.removeprefix(f"{symbols.STATE}:").partition(":")
        last = PurePosixPath(module).name if module.endswith(".ipynb") else module.rpartition(".")[2]
        if name == symbols.MODULE_BODY or name.startswith("<rng"):
            return (last,)
        parts = ("lambda" if part.startswith("<lambda") else part for part in reversed(name.split(".")))
        return tuple(part for part in parts if part.isidentifier())
    name = thing.partition(":")[2]
    for part in reversed(PurePosixPath(name).parts):
        known = [piece for piece in re.split(r"\{[^}]*\}", part) if len(piece) >= _SHORTEST_PART and piece[0] != "."]
        if known:
            words = (word for piece in known for word in (piece, PurePosixPath(piece).stem, *piece.split(" ")))
            return tuple(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_PART))
    return (*re.findall(r"\{(\w+)\}", name), name)  # nothing is known but the variables, or the format


def _pieces_of(thing: str) -> tuple[str, ...]:
    """Return the words of the last part of a path, for names that are put together where nobody reads them whole."""
    if not symbols.is_asset(thing):
        return ()
    words = (word for part in _parts_of(thing) for word in _WORD.findall(part))
    return tuple(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_PART))


def _spelling(lines: Sequence[str]) -> _Spelling:
    names: dict[str, list[int]] = defaultdict(list)
    strings: list[tuple[int, str]] = []
    definitions, imports = set(), set()
    before, is_import = tokenize.ENCODING, False
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            line = token.start[0]
            if token.type == tokenize.NAME:
                if before in _LAYOUT:
                    is_import = token.string in ("import", "from")
                if token.string in ("def", "class"):
                    definitions.add(line)
                if is_import:
                    imports.add(line)
                if not names[token.string] or names[token.string][-1] != line:
                    names[token.string].append(line)
            elif token.type in _TEXT and before not in _LAYOUT:
                strings += [(line + n, part) for n, part in enumerate(token.string.splitlines())]
            if token.type not in (tokenize.NL, tokenize.COMMENT):
                before = token.type
    except (tokenize.TokenError, SyntaxError):
        pass  # what stands above the damage counts
    return _Spelling(names, strings, frozenset(definitions), frozenset(imports))
