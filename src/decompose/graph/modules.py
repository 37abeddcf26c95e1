"""Names of modules, and what an import statement means."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from decompose.graph.walk import imports_of, parts_of, statements_of
from decompose.ir.facts import (
    ASSIGN,
    ATTR,
    CALL,
    CMP,
    EXPR,
    LAMBDA,
    NAME,
    RETURN,
    SEQ,
    SUB,
    FileFacts,
    Node,
    ScopeFact,
    SourceFacts,
)
from decompose.ir.fleet import repository_of
from decompose.knowledge.distributions import line_of, stated_lines

_CONSUMING = frozenset({
    "sorted", "min", "max", "map", "filter", "sum", "any", "all", "reduce", "next", "list", "tuple", "set", "dict", "apply",
    "applymap", "agg", "aggregate", "transform", "sort_values", "assign", "pipe", "tree_map", "sub", "subn",
})  # fmt: skip
"""What calls the function that it is given, and gives back something else."""
_TEST = re.compile(r"(^|/)(tests?/|test_|conftest)|_test\.py$")


def is_test_path(path: str) -> bool:
    """Return whether a file tests, or helps tests, by its name or folder."""
    return bool(_TEST.search(path))


class ModuleInfo:
    """One file as the linker sees it."""

    __slots__ = ("_keepers", "_locals", "class_makers", "facts", "folder", "is_package", "makers", "name", "names")

    def __init__(self, facts: FileFacts, name: str) -> None:
        self.facts = facts
        self.name = name
        """Canonical dotted name; the path for a notebook."""
        self.names: list[str] = [name]
        """Names under which the tree imports it, canonical first."""
        self.folder = facts.path.rpartition("/")[0]
        self.is_package = facts.path.rpartition("/")[2] == "__init__.py"
        self.makers = _makers(facts)
        """Indices of the scopes that give back a function or class of their own."""
        self.class_makers = frozenset(
            scope.parent for scope in facts.scopes if scope.kind == "class" and scope.parent > 0
        )
        """Indices of the scopes that hold a `class` statement."""
        self._locals: list[frozenset[str] | None] = [None] * len(facts.scopes)
        self._keepers: frozenset[str] | None = None

    def local_names(self, index: int) -> frozenset[str]:
        """Return the names bound in a scope."""
        known = self._locals[index]
        if known is None:
            known = self._locals[index] = frozenset(self.facts.scopes[index].local_names)
        return known

    def keepers(self) -> frozenset[str]:
        """Return the qualified names of the classes that keep what their methods are given in containers of their own."""
        if self._keepers is None:
            self._keepers = frozenset(_keepers(self.facts))
        return self._keepers

    def symbol(self, scope: ScopeFact) -> str:
        """Return the symbol of a scope of this file."""
        if self.facts.cells and scope.kind == "module":
            return f"{self.name}:<module>"
        return f"{self.name}:{scope.qualname}"


class Modules:
    """The modules of a tree, by every name under which its code can import them."""

    def __init__(self, facts: SourceFacts) -> None:
        self.infos: list[ModuleInfo] = []
        self.by_path: dict[str, ModuleInfo] = {}
        self._by_dotted: dict[str, ModuleInfo] = {}
        """Path-derived dotted name to module."""
        self._packages: set[str] = set()
        self._suffixes: dict[str, list[str]] = {}
        self._repositories = facts.repositories
        self._package = facts.package
        self._lines = stated_lines(facts.requirements, facts.distributions)
        layout = _layout_roots(facts)
        names = _names(facts, layout)
        for file in facts.files:
            if not file.scopes:
                continue
            dotted = dotted_path(file.path)
            info = ModuleInfo(file, names[file.path])
            self.infos.append(info)
            self.by_path[file.path] = info
            if not is_path(info.name):
                self._by_dotted.setdefault(dotted, info)
                self._add_packages(dotted, info.is_package)
        for info in self.infos:
            if info.name not in self._by_dotted and not is_path(info.name):
                self._by_dotted[info.name] = info
                self._add_packages(info.name, info.is_package)
        for dotted in self._by_dotted:
            self._suffixes.setdefault(dotted.rpartition(".")[2], []).append(dotted)
        self._memo: dict[tuple[str, str], str | None] = {}

    def absolute(self, name: str, importer: ModuleInfo) -> str | None:
        """Return the path-derived dotted name that an absolute import of `name` means, `None` if it is not ours.

        Tried in order: the importer's own folder and every folder above it up to the root, the layout roots, then a
        unique module of the tree whose path ends with the dotted name.
        """
        key = (importer.folder, name)
        if key in self._memo:
            return self._memo[key]
        found = self._memo[key] = self._in_own_package(name) or self._absolute(name, importer)
        if found is not None and found in self._by_dotted:
            info = self._by_dotted[found]
            if name not in info.names:
                info.names.append(name)
        return found

    def relative(self, name: str, level: int, importer: ModuleInfo) -> str | None:
        """Return the dotted name that `from <level dots><name> import …` means."""
        parts = [p for p in importer.folder.split("/") if p]
        if level - 1 > len(parts):
            return None
        parts = parts[: len(parts) - (level - 1)]
        dotted = ".".join([*parts, *([name] if name else [])])
        return dotted if self.exists(dotted) or dotted == "" else None

    def exists(self, dotted: str) -> bool:
        """Return whether a module or package of the tree has this path-derived name."""
        return dotted in self._by_dotted or dotted in self._packages

    def module(self, dotted: str) -> ModuleInfo | None:
        """Return the module of a path-derived or canonical dotted name."""
        return self._by_dotted.get(dotted)

    def _absolute(self, name: str, importer: ModuleInfo) -> str | None:
        top = name.partition(".")[0]
        parts = [p for p in importer.folder.split("/") if p]
        # the own folder counts for scripts; packages too, since many scripts stand in folders with an `__init__`
        home = repository_of(importer.folder, self._repositories)
        for count in range(len(parts), home.count("/") if home else -1, -1):
            if count and self._is_stdlib(top) and (count < len(parts) or ".".join(parts) in self._by_dotted):
                continue  # only the root and a script's own folder come before the standard library
            dotted = ".".join([*parts[:count], name])
            if (
                self.exists(dotted)
                and self._by_dotted.get(dotted) is not importer
                and not self._is_library(dotted, top)
            ):
                return dotted
            if count and self.exists(".".join([*parts[:count], top])) and "." in name and not self._is_stdlib(top):
                continue
        for info_root in (".".join([*filter(None, home.split("/")), "src"]),):
            if self.exists(f"{info_root}.{name}"):
                return f"{info_root}.{name}"
        return self._by_suffix(name, home) or (self._installed(name, home) if home else None)

    def _is_library(self, dotted: str, top: str) -> bool:
        """Return whether a name that a module of the tree has too means a library.

        A module that itself imports something of its own name could not be imported by that name: it would find itself,
        half run. And in a package, where siblings are imported through it, a bare name that the tree's requirements
        state is the library.
        """
        info = self._by_dotted.get(dotted)
        package, _, last = dotted.rpartition(".")
        if info is None or info.is_package or last != top:
            return False
        parent = self._by_dotted.get(package)
        is_in_package = parent is not None and parent.is_package
        return _imports(info.facts, top) or (is_in_package and bool(line_of(top, self._lines)))

    def _in_own_package(self, name: str) -> str | None:
        """Return the module that `name` means by the name of the root, where that is a package itself."""
        if not self._package or not f"{name}.".startswith(f"{self._package}."):
            return None
        dotted = name[len(self._package) + 1 :]
        return (dotted if self.exists(dotted) else None) if dotted else "__init__"

    def _installed(self, name: str, home: str) -> str | None:
        """Return the module of another repository that `name` means where that repository is installed."""
        if self._is_stdlib(name.partition(".")[0]):
            return None
        others = [other.replace("/", ".") for other in self._repositories if other != home]
        places = [f"{other}{layout}.{name}" for other in others for layout in ("", ".src")]
        found = [place for place in places if self.exists(place)]
        return found[0] if len(found) == 1 else None

    def _by_suffix(self, name: str, home: str) -> str | None:
        if self._is_stdlib(name.partition(".")[0]):
            return None
        tail = "." + name
        found = [d for d in self._suffixes.get(name.rpartition(".")[2], ()) if d.endswith(tail)]
        if home:
            found = [d for d in found if d.startswith(home.replace("/", ".") + ".")]
        found = [d for d in found if not self._is_library(d, name.partition(".")[0])]
        if "." not in name and len(found) == 1 and not found[0].startswith(("test", "doc")):
            return found[0] if self._is_script_like(found[0]) else None
        return found[0] if len(found) == 1 else None

    def _is_script_like(self, dotted: str) -> bool:
        """Return whether a module stands in a folder without `__init__`, as path edits make importable."""
        package = dotted.rpartition(".")[0]
        return package not in self._by_dotted

    @staticmethod
    def _is_stdlib(top: str) -> bool:
        return top in sys.stdlib_module_names

    def _add_packages(self, dotted: str, is_package: bool) -> None:
        parts = dotted.split(".")
        for count in range(1, len(parts)):
            self._packages.add(".".join(parts[:count]))
        if is_package:
            self._packages.add(dotted)


def _makers(facts: FileFacts) -> frozenset[int]:
    inner: dict[int, set[str]] = {}
    for scope in facts.scopes:
        if scope.kind == "function" and scope.parent > 0 and facts.scopes[scope.parent].kind == "function":
            inner.setdefault(scope.parent, set()).add(scope.name)
    return frozenset(index for index, names in inner.items() if _gives_back(facts.scopes[index], names))


def _gives_back(scope: ScopeFact, names: set[str]) -> bool:
    """Return whether a function returns one of its own functions, or hands it to what may give it back (`wraps(f)(g)`)."""
    waiting = [s[1] for s in statements_of(scope.body) if s[0] == RETURN and s[1] is not None]
    while waiting:
        node = waiting.pop()
        if node[0] == LAMBDA or (node[0] == NAME and node[1] in names):
            return True
        if node[0] == CALL:
            callee = node[2]
            if callee[0] == CALL:
                waiting.append(callee)
            if callee[0] not in (NAME, ATTR) or callee[2 if callee[0] == ATTR else 1] not in _CONSUMING:
                waiting += [*node[3], *(value for _, value in node[4])]
        elif node[0] != CMP:
            waiting += parts_of(node)
    return False


def dotted_path(path: str) -> str:
    """Return the dotted form of a path: `pkg/__init__.py` is `pkg`, `.github/x.py` is `.github.x`."""
    stem = path.rpartition(".")[0]
    if stem == "__init__":
        return "__init__"
    return stem.removesuffix("/__init__").replace("/", ".").replace(":", "%3A")


def is_path(name: str) -> bool:
    """Return whether a module's name is its path: no import statement can mean it."""
    return name.endswith((".ipynb", ".py", ".pyw"))


def _names(facts: SourceFacts, layout: set[str]) -> dict[str, str]:
    """Return the name of each file by path; of files that would share one, only what an import finds has it.

    The others are named by their paths, as notebooks are: a package comes before a module, a module before files
    whose own names hold dots.
    """
    owners: dict[str, str] = {}
    out: dict[str, str] = {}
    for path in sorted((file.path for file in facts.files), key=_precedence):
        name = _canonical(path, dotted_path(path), layout)
        out[path] = name if owners.setdefault(name, path) == path else path.replace(":", "%3A")
    return out


def _precedence(path: str) -> tuple[bool, bool, bool, str]:
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    return "." in stem, suffix != "py", stem != "__init__", path


def _canonical(path: str, dotted: str, layout: set[str]) -> str:
    if path.endswith(".ipynb"):
        return path.replace(":", "%3A")
    for root in layout:
        if dotted.startswith(root + "."):
            return dotted[len(root) + 1 :]
    return dotted


def _layout_roots(facts: SourceFacts) -> set[str]:
    """Return `{"src"}` when `src` is only a layout folder: no `__init__`, never imported by that name."""
    paths = [file.path for file in facts.files]
    if "src/__init__.py" in paths or not any(p.startswith("src/") for p in paths):
        return set()
    names = {dotted_path(p)[4:] for p in paths if p.startswith("src/")}
    others = {dotted_path(p) for p in paths if not p.startswith("src/")}
    if names & others or any(_imports(file, "src") for file in facts.files):
        return set()
    return {"src"}


def _imports(file: FileFacts, top: str) -> bool:
    return any(name.partition(".")[0] == top for name in imports_of(file))


def _keepers(facts: FileFacts) -> Iterator[str]:
    """Yield the qualified names of classes with a method that puts a parameter into a container on `self`."""
    for scope in facts.scopes:
        owner, _, name = scope.qualname.rpartition(".")
        if scope.kind != "function" or not owner or len(scope.parameters) < 2 or name == "__init__":
            continue
        receiver = [NAME, scope.parameters[0].name]
        given = [[NAME, p.name] for p in scope.parameters[1:]]
        for node in statements_of(scope.body):
            if node[0] == ASSIGN and any(t[0] == SUB and _is_on(t[1], receiver) for t in node[1]):
                values = [node[2]]
            elif node[0] == EXPR and node[1][0] == CALL and node[1][2][0] == ATTR and node[1][2][2] in _ADDING:
                values = node[1][3] if _is_on(node[1][2][1], receiver) else []
            else:
                continue
            if any(part in given for value in values for part in (value, *(value[3] if value[0] == SEQ else ()))):
                yield owner


def _is_on(node: Node, receiver: Node) -> bool:
    """Return whether a tree is a name or an attribute of it."""
    return node == receiver or (node[0] == ATTR and node[1] == receiver)


_ADDING = frozenset({"append", "add", "insert", "appendleft", "setdefault", "put"})
