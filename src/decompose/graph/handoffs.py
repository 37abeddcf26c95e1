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
from collections.abc import Iterator, Mapping

from decompose.graph.assets import Link
from decompose.graph.naming import is_nameless, is_template, pattern_of
from decompose.graph.walk import expressions_of
from decompose.ir.facts import STR, FileFacts
from decompose.ir.findings import Finding, Span

_NOT_MEANT_TO_BE_READ = re.compile(
    r"log|report|plot|fig|chart|result|output|metric|submission|prediction|sample|summary|history|score|eval|image",
    re.I,
)
_KEPT = ("csv", "parquet", "feather", "pickle", "joblib", "npy", "npz", "hdf5", "torch", "arrow")
_MINE = re.compile(r"^(/home/|/Users/|/root/|[A-Za-z]:[\\/])")
_SIMILAR = 0.86
"""Ratio of equal characters above which two file names look like one name spelt twice."""
_WORD = re.compile(r"\d+")


def path_findings(links: list[Link], files_by_path: Mapping[str, FileFacts]) -> Iterator[Finding]:
    """Yield findings about the names of assets: hand-offs that cannot meet, and paths for one machine.

    Args:
        links: Every link of the system.
        files_by_path: Facts by path: a path for one machine is told only in the file that spells it.
    """
    files = [
        k for k in links if k.kind in ("file", "model", "config") and not k.is_registry and not is_nameless(k.name)
    ]
    written = {k.name: k for k in files if k.effect == "write" and not k.is_place}
    read = {k.name: k for k in files if k.effect == "read"}
    templates = [pattern_of(k.name) for k in links if is_template(k.name)]
    lost = {n: k for n, k in read.items() if n not in written and not is_template(n) and not _fits(n, templates)}
    unread = {n: k for n, k in written.items() if n not in read and not is_template(n) and not _fits(n, templates)}
    paired: set[str] = set()
    for name, link in sorted(lost.items()):
        for other in sorted(unread):
            if other not in paired and _same_thing(name, other):
                paired |= {name, other}
                yield _two_spellings(link, unread[other])
    folders = {posixpath.dirname(n) for n in written} - {""}
    for name, link in sorted(lost.items()):
        if name not in paired and posixpath.dirname(name) in folders and link.kind == "model":
            yield _finding(
                "DC301",
                "warning",
                link,
                f"`{name}` is read, but nothing writes it",
                "write it, or read what is written",
            )
    for name, link in sorted(unread.items()):
        if name not in paired and link.format in _KEPT and not _NOT_MEANT_TO_BE_READ.search(name):
            yield _finding(
                "DC302",
                "note",
                link,
                f"`{name}` is written, but nothing reads it",
                "drop it, or read it where it is needed",
            )
    for finding in _machine_paths(links):
        if _spells(files_by_path[finding.span.path], finding.message.split("`")[1]):
            yield finding


def _fits(name: str, templates: list[re.Pattern[str]]) -> bool:
    return any(t.fullmatch(name) for t in templates)


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
