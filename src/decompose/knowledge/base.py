"""The knowledge base: answers for qualified names, reading only the data files of the libraries that are asked for."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from decompose.errors import ConfigError
from decompose.knowledge.parse import Library, parse_library
from decompose.knowledge.record import RECEIVER, Api
from decompose.resources import knowledge_root

FAMILY = "family"
"""Data file, and first part of the names, of method families that libraries share (`family.estimator.fit`)."""
STANDARD = "stdlib"
"""Data file of the standard library and the builtins."""
_MAX_STEPS = 8
_COLUMNS = {
    "pandas.DataFrame": "pandas.Series", "pymongo.MongoClient": "pymongo.database.Database",
    "pymongo.database.Database": "pymongo.collection.Collection",
}  # fmt: skip
"""Types whose unknown attributes are their columns (or databases, or collections), and the type of one."""
_SAME_FILE = {
    "pytorch_lightning": "lightning", "lightning_fabric": "lightning", "google": "google_cloud", "keras": "tensorflow",
    "azure": "azureml", "lightgbm": "boosting", "xgboost": "boosting", "catboost": "boosting", "ngboost": "boosting",
}  # fmt: skip
"""Import packages that are described in the file of another."""
_CHAIN = re.compile(r"(\(\)|\[\])")
_ELEMENTS = {
    "pandas.DataFrame": ("pandas.Series", "pandas.DataFrame"), "pandas.Series": ("pandas.Series",),
    "pandas.api.typing.DataFrameGroupBy": ("pandas.api.typing.SeriesGroupBy",),
    "pandas.api.typing.Rolling": ("pandas.api.typing.Rolling",), "numpy.ndarray": ("numpy.ndarray",),
    "torch.Tensor": ("torch.Tensor",), "torch.utils.data.DataLoader": ("torch.Tensor",),
    "polars.DataFrame": ("polars.Series", "polars.DataFrame"),
    "datasets.DatasetDict": ("datasets.Dataset",), "datasets.Dataset": ("datasets.Dataset",),
    "pymongo.MongoClient": ("pymongo.database.Database", "pymongo.collection.Collection"),
    "pymongo.database.Database": ("pymongo.collection.Collection",),
}  # fmt: skip
"""Types of elements, the likeliest first."""


class Knowledge:
    """API entries by qualified name; a file is read when a name of its library is first asked for."""

    def __init__(self, extra: Sequence[Path] = ()) -> None:
        self._own = tuple(parse_library(_read(path), path.stem) for path in extra)
        self._libraries: dict[str, Library | None] = {}
        self._answers: dict[str, Api | None] = {}
        self._resolved: dict[str, str] = {}

    def find(self, name: str) -> Api | None:
        """Return what is known of `name`: itself, a method its class has from elsewhere, or its package's default."""
        if name not in self._answers:
            self._answers[name] = self._search(name)
        return self._answers[name]

    def returns(self, name: str) -> str:
        """Return the dotted type that a call of `name` gives; empty when unknown.

        A method that gives its receiver back answers with the class through which it was asked for.
        """
        api = self.find(name)
        if api is None or not api.is_exact:
            return ""
        return self.resolve(name).rpartition(".")[0] if api.returns == RECEIVER else api.returns

    def resolve(self, name: str) -> str:
        """Return the documented name of what a chain of calls and look-ups names.

        `pandas.read_csv().drop().head` gives `pandas.DataFrame.head`; `()` is a call, `[]` an element. A step whose
        result is not known stays in the name without its brackets, so that a default of its package still answers.
        """
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name) if _CHAIN.search(name) else self._through_properties(name)
        return self._resolved[name]

    def type_of(self, name: str) -> str:
        """Return the dotted type of a chain that ends in a call or look-up; empty when it is not known."""
        if not _CHAIN.search(name):
            return self.canonical(name)
        head = name[:-2]
        if name.endswith("()"):
            return self.returns(head)
        return self._element(self.type_of(head) if _CHAIN.search(head[-2:]) else self._property(self.resolve(head)), "")

    def canonical(self, name: str) -> str:
        """Return the name as documentation spells it (`pandas.core.frame.DataFrame` gives `pandas.DataFrame`)."""
        for _ in range(_MAX_STEPS):
            shorter = self._aliased(name)
            if shorter == name:
                break
            name = shorter
        return name

    def is_a(self, name: str, family: str) -> bool:
        """Return whether the class `name` belongs to `family` (`family.estimator`, `torch.nn.Module` …)."""
        return family in self._lineage(self.canonical(name))

    def libraries(self) -> tuple[str, ...]:
        """Return the names of all built-in data files, sorted."""
        return tuple(sorted(path.stem for path in knowledge_root().glob("*.toml")))

    def entries(self, library: str) -> Iterator[Api]:
        """Yield every entry of a data file, methods that its classes have from a family included, sorted by name."""
        known = self._library(library)
        if known is None:
            return
        names = set(known.apis)
        for owner in known.like:
            for base in self._lineage(owner)[1:]:
                names.update(f"{owner}.{method}" for method in self._methods(base))
        for name in sorted(names):
            if (api := self.find(name)) is not None:
                yield api

    def library(self, name: str) -> Library | None:
        """Return one data file, parsed; `None` when there is none for this import package."""
        return self._library(_file_of(name))

    def _search(self, name: str) -> Api | None:
        name = self.resolve(name)
        if (api := self._exact(name)) is not None:
            return api
        owner, dot, method = name.rpartition(".")
        if method in ("__init__", "__call__") and (cls := self._exact(owner)) is not None and cls.is_class:
            called = self._inherited(owner, method) if method == "__call__" else cls
            returns = called.returns if called is not None else ""
            return msgspec.structs.replace(cls, name=name, effect="", returns=returns, weight=cls.weight * 0.5)
        if dot and (inherited := self._inherited(owner, method)) is not None:
            return msgspec.structs.replace(inherited, name=name)
        return self._default(name)

    def _resolve(self, name: str) -> str:
        current = ""
        parts = _CHAIN.split(name)
        for index, part in enumerate(parts):
            if part == "()":
                current = self.returns(current) or current
            elif part == "[]":
                following = parts[index + 1].lstrip(".").partition(".")[0] if index + 1 < len(parts) else ""
                current = self._element(self._property(current), following) or current
            elif part:
                current = self._through_properties(f"{current}{part}")
        return current

    def _property(self, name: str) -> str:
        """Return the type of a property that is listed, else the name itself."""
        api = self._exact(name)
        if api is None or api.is_class or not api.returns:
            return name
        return name.rpartition(".")[0] if api.returns == RECEIVER else api.returns

    def _through_properties(self, name: str) -> str:
        """Replace properties on the way by their types: `pandas.DataFrame.values.reshape` is an array's method."""
        name = self.canonical(name)
        parts = name.split(".")
        for cut in range(2, len(parts)):
            head = ".".join(parts[:cut])
            api = self._exact(head)
            owner = ".".join(parts[: cut - 1])
            if api is not None and not api.is_class and api.returns not in ("", head):
                found = owner if api.returns == RECEIVER else api.returns
                return self._through_properties(".".join([found, *parts[cut:]]))
            if api is None and owner in _COLUMNS and self._inherited(owner, parts[cut - 1]) is None:
                return self._through_properties(".".join([_COLUMNS[owner], *parts[cut:]]))
        return name

    def _element(self, container: str, following: str) -> str:
        """Return the type of an element of a container type; `following` is what is asked of it."""
        if container.endswith("]") and "[" in container:
            return container[container.index("[") + 1 : -1].partition(",")[0].strip()
        choices = _ELEMENTS.get(container, ())
        for choice in choices:
            if not following or self._exact(f"{choice}.{following}") or self._inherited(choice, following):
                return choice
        return choices[0] if choices else ""

    def _exact(self, name: str) -> Api | None:
        for library in self._sources(name):
            if name in library.apis:
                return library.apis[name]
        return None

    def _inherited(self, owner: str, method: str) -> Api | None:
        own = self._exact(owner)
        for base in self._lineage(owner)[1:]:
            found = self._exact(f"{base}.{method}")
            if found is not None:
                role = found.role or (own.role if own else "")
                resource = found.resource or (own.resource if own else "")
                return msgspec.structs.replace(
                    found, role=role, resource=resource, library=own.library if own else found.library
                )
        return None

    def _lineage(self, owner: str) -> list[str]:
        line, seen = [owner], {owner}
        for name in line:
            for library in self._sources(name):
                for base in library.like.get(name, ()):
                    if base not in seen:
                        seen.add(base)
                        line.append(base)
        return line

    def _methods(self, owner: str) -> list[str]:
        prefix = f"{owner}."
        return [
            name[len(prefix) :] for library in self._sources(owner) for name in library.apis
            if name.startswith(prefix) and "." not in name[len(prefix) :]
        ]  # fmt: skip

    def _default(self, name: str) -> Api | None:
        prefix = name
        while prefix:
            for library in self._sources(name):
                if prefix in library.defaults:
                    return msgspec.structs.replace(library.defaults[prefix], name=name, is_exact=False)
            prefix = prefix.rpartition(".")[0]
        return None

    def _aliased(self, name: str) -> str:
        for library in self._sources(name):
            prefix = name
            while prefix and library.aliases:
                if prefix in library.aliases:
                    return library.aliases[prefix] + name[len(prefix) :]
                prefix = prefix.rpartition(".")[0]
        return name

    def _sources(self, name: str) -> Iterator[Library]:
        yield from self._own
        library = self._library(_file_of(name))
        if library is not None:
            yield library

    def _library(self, file: str) -> Library | None:
        if file not in self._libraries:
            path = knowledge_root() / f"{file}.toml"
            self._libraries[file] = parse_library(_read(path), file) if path.is_file() else None
        return self._libraries[file]


@functools.lru_cache(maxsize=8)
def _cached(extra: tuple[Path, ...]) -> Knowledge:
    return Knowledge(extra)


def load(extra: Sequence[Path] = ()) -> Knowledge:
    """Return the knowledge base, with the user's own files (which win) before the built-in ones.

    Raises:
        ConfigError: If a file cannot be read or says something unknown.
    """
    return _cached(tuple(extra))


def _file_of(name: str) -> str:
    package = name.partition(".")[0]
    if package in sys.stdlib_module_names or package in ("builtins", STANDARD):
        return STANDARD
    return _SAME_FILE.get(package, package)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
