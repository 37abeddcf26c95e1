"""Random triples of (a person's edit, a move of the plan, a change of the source), and what must hold after each."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.filetree import FileTree
from decompose.scaffold import WriteReport, emit, write

SERVICES = ("one", "two", "three")
_OWN = (".generated", "decompose.lock")


@dataclass
class Tally:
    """What happened in a session, in numbers."""

    triples: int = 0
    lines_written: int = 0
    lines_lost: int = 0
    merged: int = 0
    conflicts: int = 0
    resurrected: int = 0
    bytes_changed_by_rerun: int = 0
    stale_files: int = 0
    """Files that nobody edited and that are not as generated."""


@dataclass
class Session:
    """One workspace through many triples.

    Args:
        folder: Where the workspace goes.
        seed: Of everything that is random.
    """

    folder: Path
    seed: int
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.sources = {f"m{i}.py": _module(i) for i in range(3)}
        self.place = {symbol: self.random.choice(SERVICES) for symbol in self._symbols()}
        self.mine: dict[str, list[str]] = {}
        self.deleted: set[str] = set()
        self.touched: set[str] = set()
        write(self._tree(), self.folder)

    def triple(self) -> None:
        """Edit, move, change; generate; check; generate once more; check again."""
        for _ in range(self.random.randint(1, 3)):
            self._edit()
        self._move()
        self._change_source()
        tree = self._tree()
        self._check(tree, write(tree, self.folder))
        before = self._content()
        write(tree, self.folder)
        self.tally.bytes_changed_by_rerun += sum(a != b for a, b in _pairs(before, self._content()))
        self._settle()
        self.tally.triples += 1

    def _symbols(self) -> list[str]:
        trees = {path: ast.parse(text) for path, text in sorted(self.sources.items())}
        return [f"{p[:-3]}:{n.name}" for p, t in trees.items() for n in t.body if isinstance(n, ast.FunctionDef)]

    def _tree(self) -> FileTree:
        graph = graph_of(self.sources)
        members = {name: tuple(s for s in self._symbols() if self.place.get(s) == name) for name in SERVICES}
        shared = tuple(s for s in self._symbols() if self.place.get(s) == "shared")
        blueprint = blueprint_of(graph, {n: m for n, m in members.items() if m}, shared)
        return emit(blueprint, graph, {path: text.encode() for path, text in self.sources.items()})

    def _content(self) -> dict[str, bytes]:
        files = [p for p in sorted(self.folder.rglob("*")) if p.is_file()]
        found = {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in files}
        return {path: text for path, text in found.items() if not path.startswith(_OWN)}

    def _edit(self) -> None:
        """Insert, replace or take away lines of a random file, or delete it."""
        paths = [p for p in self._content() if ".new" not in p]
        moved = [p for p in paths if "/src/m" in p]
        path = self.random.choice(moved if moved and self.random.random() < 0.6 else paths)
        file = self.folder / path
        self.touched.add(path)
        if self.random.random() < 0.1:
            file.unlink()
            self.deleted.add(path)
            self.mine.pop(path, None)
            return
        lines = file.read_text().splitlines(keepends=True)
        at = self.random.randint(0, len(lines))
        word = f"mine-{self.seed}-{self.tally.lines_written}"
        replaced = self.random.choice((0, 0, 0, 1, 2))
        lost = "".join(lines[at : at + replaced])
        self.mine[path] = [*(w for w in self.mine.get(path, []) if w not in lost), word]
        lines[at : at + replaced] = [f"# {word}\n"]
        file.write_text("".join(lines))
        self.tally.lines_written += 1

    def _move(self) -> None:
        self.place[self.random.choice(self._symbols())] = self.random.choice((*SERVICES, "shared"))

    def _change_source(self) -> None:
        path = self.random.choice(sorted(self.sources))
        lines = self.sources[path].split("\n")
        bodies = [i for i, line in enumerate(lines) if line.startswith("    return ")]
        at = self.random.choice(bodies)
        lines[at] = f"    return {self.random.randint(0, 999)}"
        if self.random.random() < 0.5:
            name = f"f{self.random.randint(100, 10**6)}"
            lines += ["", f"def {name}(x):", f"    return {name!r}", ""]
            self.place[f"{path[:-3]}:{name}"] = self.random.choice(SERVICES)
        self.sources[path] = "\n".join(lines)

    def _check(self, tree: FileTree, report: WriteReport) -> None:
        content = self._content()
        self.tally.merged += len(report.merged)
        self.tally.conflicts += len(report.conflicts)
        self.tally.lines_lost += sum(w.encode() not in content.get(p, b"") for p, ws in self.mine.items() for w in ws)
        self.tally.resurrected += sum(path in content for path in self.deleted & tree.files.keys())
        self.deleted &= tree.files.keys()
        self.tally.stale_files += sum(content.get(p) != tree.files[p] for p in tree if p not in self.touched)

    def _settle(self) -> None:
        """Remove every other render that waits beside a conflict, as a person does who has looked at it."""
        for path in sorted(self.folder.rglob("*.new*")):
            if self.random.random() < 0.5:
                path.unlink()


def _module(number: int) -> str:
    imports = f"from m{number - 1} import f0, f1\n\n" if number else ""
    use = "f0(x) + f1(x)" if number else "x"
    functions = [f"# about g{i}\ndef g{i}(x):\n    y = {use}\n    return y + {i}\n" for i in range(2)]
    functions += [f"def f{i}(x, by={i}):\n    return x * by\n" for i in range(3)]
    return f'"""Module {number}."""\n\n{imports}LIMIT = {number}\n\n\n' + "\n\n".join(functions)


def _pairs(first: dict[str, bytes], second: dict[str, bytes]) -> list[tuple[bytes | None, bytes | None]]:
    return [(first.get(path), second.get(path)) for path in {*first, *second}]
