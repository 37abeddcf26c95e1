"""Findings about data: broken hand-offs, paths that fit one machine only, names that do not exist, secrets, seeds.

Each kind is reported only where the text leaves little doubt; a doubtful kind would teach its readers to skip the list.

| code | what |
|---|---|
| DC301 | an artifact is read from a folder that the code fills, but nothing writes it |
| DC302 | a data set or model is written, and nothing reads it |
| DC303 | a reader and a writer spell one path in two ways |
| DC304 | a path holds for one machine or one operating system only |
| DC306 | a column is used that the frame does not have (`graph.schema`) |
| DC307 | a name is used that nothing defines |
| DC308 | a secret stands in the source |
| DC309 | a random split without a seed |
| DC310 | a model is loaded without saying which version |
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator

import msgspec

from decompose.graph.assets import Link
from decompose.graph.naming import MODEL_SUFFIXES, is_nameless, is_template, pattern_of
from decompose.graph.walk import expressions_of
from decompose.ir.facts import STR, FileFacts, SourceFacts
from decompose.ir.findings import Finding, Span

_NOT_MEANT_TO_BE_READ = re.compile(
    r"log|report|plot|fig|chart|result|output|metric|submission|prediction|sample|summary|history|score|eval|image",
    re.I,
)
_COMMON = frozenset(("model", "data", "train", "test", "best_model", "weights", "checkpoint", "last", "best"))
_KEPT = ("csv", "parquet", "feather", "pickle", "joblib", "npy", "npz", "hdf5", "torch", "arrow")
_MINE = re.compile(r"^(/home/|/Users/|/root/|[A-Za-z]:[\\/])")
_SIMILAR = 0.86
"""Ratio of equal characters above which two file names look like one name spelt twice."""
_WORD = re.compile(r"\d+")


def path_findings(links: list[Link], facts: SourceFacts) -> Iterator[Finding]:
    """Yield findings about the names of assets, one a place: hand-offs that cannot meet, paths for one machine.

    Args:
        links: Every link of the system.
        facts: What the tree holds: a file that stands in it is there to be read, and a path for one machine is told
            only in the file that spells it.
    """
    yield from _one_a_place(_hand_offs(links, facts))
    files_by_path = {file.path: file for file in facts.files}
    spelt = (x for x in _machine_paths(links) if _spells(files_by_path[x.span.path], x.message.split("`")[1]))
    yield from _one_a_place(spelt)


def _one_a_place(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield the first finding of a code and place, and say how many more names it stands for there."""
    by_place: dict[tuple[str, Span], list[Finding]] = {}
    for finding in findings:
        by_place.setdefault((finding.code, finding.span), []).append(finding)
    for found in by_place.values():
        messages = dict.fromkeys(x.message for x in found)
        more = len(messages) - 1
        suffix = f" (and {more} more like it here)" if more else ""
        yield msgspec.structs.replace(found[0], message=found[0].message + suffix)


def _hand_offs(links: list[Link], facts: SourceFacts) -> Iterator[Finding]:
    held = {f"/{path}" for path in facts.data_files}
    kept = [k for k in links if k.kind in ("file", "model", "config") and not k.is_registry and not k.is_place]
    named = [k for k in kept if not is_nameless(k.name)]
    lost, unread = _unmet(named, "read", named), _unmet(named, "write", named)
    paired: set[str] = set()
    for name, other in _pairs(set(lost), set(unread)):
        if lost[name].unit == unread[other].unit:
            continue  # one unit that reads one file and makes another of it
        paired |= {name, other}
        yield _two_spellings(lost[name], unread[other])
    objects = {posixpath.basename(k.name) for k in links if k.effect == "read" and k.kind in ("object", "url")}
    folders = {posixpath.dirname(k.name) for k in named if k.effect == "write"} - {""}
    for name, link in _unmet(named, "read", kept).items():
        is_there = any(path.endswith(f"/{name}") for path in held)
        if name not in paired and posixpath.dirname(name) in folders and link.kind == "model" and not is_there:
            message = f"`{name}` is read, but nothing writes it"
            yield _finding("DC301", "warning", link, message, "write it, or read what is written")
    for name, link in _unmet(named, "write", kept).items():
        is_fetched = posixpath.basename(name) in objects
        if name not in paired and link.format in _KEPT and not _NOT_MEANT_TO_BE_READ.search(name) and not is_fetched:
            message = f"`{name}` is written, but nothing reads it"
            yield _finding("DC302", "note", link, message, "drop it, or read it where it is needed")


def _unmet(named: list[Link], effect: str, others: list[Link]) -> dict[str, Link]:
    """Return the links of one effect by name, sorted, that no link of the other effect may meet."""
    met = {k.name for k in named if k.effect != effect}
    patterns = [pattern_of(k.name) for k in others if k.effect != effect and is_template(k.name)]
    own = {k.name: k for k in named if k.effect == effect and _is_told(k) and k.name not in met}
    return {name: own[name] for name in sorted(own) if not any(p.fullmatch(name) for p in patterns)}


def _pairs(lost: set[str], unread: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what one side reads with what the other writes, where both look like one thing."""
    for name in sorted(lost):
        for other in sorted(unread):
            if _same_thing(name, other):
                unread.discard(other)
                lost.discard(name)
                yield name, other
                break
    yield from _moved(lost, unread)


def _is_told(link: Link) -> bool:
    """Whether a link counts here: its name is known, and it is no prototype's."""
    return not is_template(link.name) and ".ipynb" not in link.unit


def _moved(lost: set[str], unread: set[str]) -> Iterator[tuple[str, str]]:
    """Yield artifacts that one side reads from another folder than the other side writes them to."""
    for name in sorted(lost):
        file = posixpath.basename(name)
        stem, suffix = posixpath.splitext(file)
        if suffix not in MODEL_SUFFIXES or stem.lower() in _COMMON or "_" not in stem:
            continue
        fits = [other for other in unread if posixpath.basename(other) == file]
        if len(fits) == 1 and sum(posixpath.basename(other) == file for other in lost) == 1:
            yield name, fits[0]


def _same_thing(first: str, second: str) -> bool:
    """Whether two paths are one name spelt twice: the same folder and suffix, and nearly the same letters."""
    if posixpath.splitext(first)[1] != posixpath.splitext(second)[1] or posixpath.dirname(first) != posixpath.dirname(
        second
    ):
        return _cased_alike(first, second)
    one, two = (posixpath.splitext(posixpath.basename(n))[0].lower() for n in (first, second))
    if _WORD.findall(one) != _WORD.findall(two) or min(len(one), len(two)) < 5:
        return False
    if (
        set(re.split(r"[_\-. ]", one)) ^ set(re.split(r"[_\-. ]", two))
        and ("_" in one or "-" in one)
        and one.count("_") != two.count("_")
    ):
        return one.replace("_", "").replace("-", "") == two.replace("_", "").replace("-", "")
    return difflib.SequenceMatcher(None, one, two).ratio() >= _SIMILAR


def _cased_alike(first: str, second: str) -> bool:
    return first.lower() == second.lower()


def _two_spellings(reader: Link, writer: Link) -> Finding:
    return _finding(
        "DC303", "error", reader,
        f"reads `{reader.name}`, but `{writer.site.path}:{writer.site.line}` writes `{writer.name}`",
        "spell the path once, in one constant that both sides import",
    )  # fmt: skip


def _machine_paths(links: list[Link]) -> Iterator[Finding]:
    for link in links:
        written = link.original or link.name
        if _MINE.match(written):
            yield _finding(
                "DC304", "warning", link, f"`{written}` exists on one machine only", "take the folder from a setting"
            )
        elif "\\" in written and "/" not in written and link.kind in ("file", "model", "config", "directory"):
            yield _finding(
                "DC304", "warning", link, f"`{written}` is one file name outside Windows",
                "use `/` or `pathlib.Path`: both work everywhere",
            )  # fmt: skip


def _spells(facts: FileFacts, text: str) -> bool:
    """Return whether a file has a string with which the text begins."""
    for scope in facts.scopes:
        for part in expressions_of(scope.body):
            if part[0] == STR and len(part[1]) > 2 and text.startswith(part[1]):
                return True
    return False


def _finding(code: str, level: str, link: Link, message: str, hint: str) -> Finding:
    span = Span(link.site.path, link.site.line, link.site.column)
    return Finding(code, level, span, message, hint, link.unit)  # type: ignore[arg-type]
