"""Finds, without running anything, which tests reach into code that now lives in another process."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from decompose.ir.graph import Record

_SETTERS = {"setattr", "delattr", "setitem", "delitem"}
_ENVIRONMENT = {"setenv", "delenv"}


class Patch(Record):
    """One place where a test changes something from outside."""

    target: str
    """Dotted name that is changed, `env:NAME`, or `cwd`."""
    path: str
    line: int


class MovedCode(Record):
    """What is known of the modules that facades stand in for."""

    modules: tuple[str, ...]
    """Dotted names, from the root of the tree."""
    imports: tuple[str, ...] = ()
    """Top-level names of what their code imports."""
    strings: frozenset[str] = frozenset()
    """String literals in their code."""


def describe_moved(root: Path, paths: Iterable[str]) -> MovedCode:
    """Return what the monolith's own text says about modules at `paths` (relative to `root`)."""
    modules: list[str] = []
    imports: set[str] = set()
    strings: set[str] = set()
    for path in paths:
        tree = _parse(root / path)
        if tree is None:
            continue
        modules.append(_module_name(path))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imports.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imports.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
    return MovedCode(modules=tuple(sorted(modules)), imports=tuple(sorted(imports)), strings=frozenset(strings))


def find_patches(root: Path, test_files: Iterable[str]) -> dict[str, tuple[Patch, ...]]:
    """Return the patches of each test, by `path::Class::function` (without parameters).

    Patches in fixtures count for the tests that ask for them, `autouse` ones for all below them, and those in
    helper functions of the same file for the tests that call them.
    """
    found: dict[str, tuple[Patch, ...]] = {}
    readers: dict[str, _TestFile | None] = {}
    for path in sorted(set(test_files)):
        chain = [p for p in (*_conftests(path), path) if _reader(root, p, readers) is not None]
        files = [reader for p in chain if (reader := readers[p]) is not None]
        if files and chain[-1] == path:
            found.update(files[-1].patches_by_test(files))
    return found


def unreachable_reason(patches: Iterable[Patch], moved: MovedCode) -> str:
    """Return why a test with these patches cannot tell anything across processes; empty when it can."""
    for patch in patches:
        where = f"({patch.path}:{patch.line})"
        if patch.target.startswith("env:") and patch.target[4:] in moved.strings:
            return f"sets the variable `{patch.target[4:]}` of its own process {where}, moved code reads it in another"
        if patch.target == "cwd":
            return f"changes the working directory of its own process {where}, moved code runs in another"
        module = _moved_module(patch.target, moved)
        if module:
            return f"patches `{patch.target}` {where}: the inside of `{module}`, which now runs in another process"
        top = patch.target.partition(".")[0]
        if top in moved.imports and "." in patch.target and not patch.target.startswith("env:"):
            return f"patches `{patch.target}` in its own process {where}, moved code uses it in another"
    return ""


def _moved_module(target: str, moved: MovedCode) -> str:
    """Return the moved module whose inside `target` names; found under its full name or without leading folders."""
    for module in sorted(moved.modules, key=len, reverse=True):
        names = module.split(".")
        for start in range(len(names)):
            if target == (name := ".".join(names[start:])) or target.startswith(name + "."):
                return module
    return ""


def _module_name(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _parse(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _conftests(path: str) -> Iterator[str]:
    folders = [PurePosixPath(path).parent, *PurePosixPath(path).parent.parents]
    for folder in reversed(folders):
        yield (folder / "conftest.py").as_posix()


def _reader(root: Path, path: str, readers: dict[str, _TestFile | None]) -> _TestFile | None:
    if path not in readers:
        tree = _parse(root / path)
        readers[path] = _TestFile(path, tree) if tree is not None else None
    return readers[path]


class _TestFile:
    """The functions of one test file, with the patches in each."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path = path
        self.names = dict(_imported_names(tree))
        self.functions = dict(_functions(tree.body, ""))
        self.class_decorators = {
            node.name: tuple(self._patches(node.decorator_list)) for node in tree.body if isinstance(node, ast.ClassDef)
        }

    def patches_by_test(self, files: list[_TestFile]) -> dict[str, tuple[Patch, ...]]:
        """Return the patches of each test here; `files` are the conftests above it and this file, outermost first."""
        found: dict[str, tuple[Patch, ...]] = {}
        for qualname, function in self.functions.items():
            if qualname.rpartition("::")[2].startswith("test"):
                patches = [*self._reached(function, files, {qualname}), *self._automatic(qualname, files)]
                patches += self.class_decorators.get(qualname.partition("::")[0], ())
                found[f"{self.path}::{qualname}"] = tuple(dict.fromkeys(patches))
        return found

    def _automatic(self, qualname: str, files: list[_TestFile]) -> Iterator[Patch]:
        owner = qualname.rpartition("::")[0]
        for file in files:
            for name, function in file.functions.items():
                scope = name.rpartition("::")[0]
                is_setup = name.rpartition("::")[2] in (
                    "setUp",
                    "setup_method",
                    "setup_function",
                    "setup_module",
                    "setup_class",
                )
                if (_is_autouse(function) or (is_setup and file is self)) and scope in ("", owner):
                    yield from file._reached(function, files, {name})

    def _reached(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, files: list[_TestFile], seen: set[str]
    ) -> Iterator[Patch]:
        """Yield the patches in a function, in the fixtures it asks for, and in the helpers it calls."""
        yield from self._patches([function])
        wanted = {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                wanted.add(node.func.id)
            if isinstance(node, ast.Call) and _last(node.func) == "usefixtures":
                wanted.update(str(a.value) for a in node.args if isinstance(a, ast.Constant))
        for name in sorted(wanted - seen):
            for file in reversed(files):
                match = next((f for q, f in file.functions.items() if q.rpartition("::")[2] == name), None)
                if match is not None:
                    seen.add(name)
                    yield from file._reached(match, files, seen)
                    break

    def _patches(self, nodes: Iterable[ast.AST]) -> Iterator[Patch]:
        for top in nodes:
            names = {**self.names, **dict(_imported_names(top))}
            for node in ast.walk(top):
                for target in _targets(node, names):
                    yield Patch(target=target, path=self.path, line=getattr(node, "lineno", 0))


def _functions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}::")


def _imported_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _targets(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what one syntax node changes from outside."""
    if isinstance(node, ast.Call):
        yield from _call_targets(node, names)
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        places = node.targets if isinstance(node, ast.Assign) else [node.target]
        for place in places:
            base = place.value if isinstance(place, ast.Subscript) else place
            dotted = _dotted(base, names)
            if dotted == "os.environ" and isinstance(place, ast.Subscript):
                yield f"env:{_text(place.slice)}"
            elif dotted and isinstance(base, ast.Attribute):
                yield dotted


def _call_targets(node: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    last, owner = _last(node.func), _owner(node.func)
    first = node.args[0] if node.args else None
    if last in _ENVIRONMENT and first is not None:
        yield f"env:{_text(first)}"
    elif last == "chdir":
        yield "cwd"
    elif last in _SETTERS or (last == "object" and owner.endswith("patch")):
        yield from _attribute_targets(node, names)
    elif last == "dict" and owner.endswith("patch") and first is not None:
        yield from _dictionary_targets(node, names)
    elif (last == "patch" or owner.endswith("patch")) and first is not None and _text(first):
        yield _text(first)


def _attribute_targets(node: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    if not node.args:
        return
    base = _text(node.args[0]) or _dotted(node.args[0], names)
    attribute = _text(node.args[1]) if len(node.args) > 1 else ""
    if base and _last(node.func) in ("setattr", "delattr", "object") and attribute:
        yield f"{base}.{attribute}" if not _text(node.args[0]) or len(node.args) > 2 else base
    elif base:
        yield base


def _dictionary_targets(node: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    base = _text(node.args[0]) or _dotted(node.args[0], names)
    if base != "os.environ":
        yield from [base] if base else []
        return
    for keyword in node.keywords:
        yield f"env:{keyword.arg}"
    for argument in node.args[1:]:
        if isinstance(argument, ast.Dict):
            yield from (f"env:{_text(key)}" for key in argument.keys if key is not None)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _owner(node: ast.AST) -> str:
    """Return the dotted text before the last attribute."""
    return ast.unparse(node.value) if isinstance(node, ast.Attribute) else ""


def _dotted(node: ast.AST, names: Mapping[str, str]) -> str:
    """Return the dotted name that an expression means by the file's imports; empty when it is something else."""
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, names)
        return f"{base}.{node.attr}" if base else ""
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def _is_autouse(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        keyword.arg == "autouse" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )
