"""Stands in for libraries that are not installed, so that code which imports them can be imported: names only, no work.

Put this folder on `PYTHONPATH` and name the libraries in `STUBBED`, separated by commas.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any


class _Kind(type):
    """A class whose every attribute exists, so that it can be a base, an annotation, a decorator or a constant."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or name.startswith("_pytest"):
            raise AttributeError(name)
        return _made(name)

    def __getitem__(cls, key: Any) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __or__(cls, other: Any) -> Any:
        return Any

    __ror__ = __or__


class Stub(metaclass=_Kind):
    """Takes anything, and gives itself back for everything; a decorator gives back what it decorates."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Give back what is decorated with the name itself."""
        if len(args) == 1 and not kwargs and callable(args[0]) and cls.__module__ == __name__:
            return args[0]
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _made(name)()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Give back what is decorated, or the stub itself."""
        return args[0] if len(args) == 1 and not kwargs and callable(args[0]) else self

    def __getitem__(self, key: Any) -> Any:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def _same(self, *others: Any) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __pow__ = __neg__ = __and__ = __or__ = __invert__ = __mod__ = __matmul__ = __floordiv__ = _same
    __lt__ = __gt__ = __le__ = __ge__ = _same

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __index__(self) -> int:
        return 0

    def __fspath__(self) -> str:
        return "stub"


def _made(name: str) -> Any:
    made = type(name, (Stub,), {})
    made.__module__ = __name__
    return made


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _made(name)
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, roots: set[str]) -> None:
        self.roots = roots

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        if fullname.partition(".")[0] in self.roots:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []
        module.__version__ = "0"  # type: ignore[attr-defined]


sys.meta_path.insert(0, _Finder({name for name in os.environ.get("STUBBED", "").split(",") if name}))
