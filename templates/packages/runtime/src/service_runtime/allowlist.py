"""Which classes and functions may be named in a message. Everything else stays where it is and crosses as a handle.

Nothing is ever unpickled. A class named in a message is built only when it is listed here, and by its state alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from enum import Enum
from typing import Any

from service_runtime.waiting import module_named

_classes: set[str] = set()
_functions: dict[str, str] = {}
_scattered: set[str] = set()
_handed: dict[str, set[str]] = {}
receiver: ContextVar[str] = ContextVar("receiver", default="")
"""Who gets what is being encoded; empty when that does not matter."""
_libraries: set[str] = {"numpy", "collections", "fractions", "uuid", "ipaddress", "zoneinfo"}

_STANDARD_CLASSES = frozenset({"types:SimpleNamespace", "functools:partial", "argparse:Namespace"})
_REBUILDERS = ("__pyx_unpickle", "_reconstruct", "_unpickle", "_rebuild", "_restore")


def allow(
    *,
    classes: Iterable[str] = (),
    functions: Mapping[str, str] | None = None,
    scattered: Iterable[str] = (),
    libraries: Iterable[str] = (),
) -> None:
    """Add to what may be named in a message.

    Args:
        classes: Own classes (`package.module:Class`) that cross by their state.
        functions: Own functions that cross by name, with the service that runs them (empty: whoever has a copy).
        scattered: Those of them without a service that not every process has.
        libraries: Top-level packages whose classes cross by their state (`sklearn`).
    """
    _classes.update(classes)
    _functions.update(functions or {})
    _scattered.update(scattered)
    _libraries.update(libraries)


def key_of(thing: Any) -> str:
    """Return the name of a class or function as it stands in a message."""
    return f"{thing.__module__}:{thing.__qualname__}"


def is_own_class(key: str) -> bool:
    """Return whether the class is one of ours that crosses by its state."""
    return key in _classes


def owner_of(key: str) -> str | None:
    """Return the service that runs the function, empty when it runs where it is, `None` when it is none of ours."""
    return _functions.get(key)


def is_scattered(key: str) -> bool:
    """Return whether some process has no copy of the function: it is told where to find the sender's."""
    return key in _scattered


def hand(key: str) -> None:
    """Let whoever is being answered call a function that the answer names."""
    if receiver.get():
        _handed.setdefault(key, set()).add(receiver.get())


def has_been_handed(key: str, caller: str) -> bool:
    """Return whether a caller was given the function by this process, and so may call it."""
    return caller in _handed.get(key, ())


def is_library_class(key: str) -> bool:
    """Return whether the class comes from a library whose objects cross by their state."""
    return key in _STANDARD_CLASSES or key.partition(":")[0].partition(".")[0] in _libraries


def class_named(key: str) -> type[Any]:
    """Return the class that a message names.

    Raises:
        PermissionError: If the class is not allowed in messages.
    """
    found = resolve(key) if _may_import(key) else None
    if isinstance(found, type) and (is_own_class(key) or is_library_class(key) or _is_plain(found)):
        return found
    raise PermissionError(f"class `{key}` may not be named in a message")


def exception_named(key: str) -> type[BaseException] | None:
    """Return the exception class that a message names, `None` when it does not exist or may not be loaded here."""
    module = key.partition(":")[0]
    if not (_may_import(key) or module in sys.modules):
        return None
    try:
        found = resolve(key)
    except (ImportError, AttributeError):
        return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def function_named(key: str) -> Any:
    """Return the function that a message names.

    Raises:
        PermissionError: If the function is not allowed in messages.
    """
    if key in _functions or is_rebuilder(key) or is_library_function(key):
        return resolve(key)
    raise PermissionError(f"function `{key}` may not be named in a message")


def is_library_function(key: str) -> bool:
    """Return whether the function is a public one of a library whose objects may cross (`numpy:mean`)."""
    module, _, name = key.partition(":")
    parts = [*module.split("."), *name.split(".")]
    return parts[0] in _libraries and not any(part.startswith("_") for part in parts)


def is_rebuilder(key: str) -> bool:
    """Return whether a library uses this function to put one of its own objects together again."""
    module, _, name = key.partition(":")
    return module.partition(".")[0] in _libraries and (name.startswith(_REBUILDERS) or name.endswith("_ctor"))


def is_importable(module: str) -> bool:
    """Return whether a message may name this module of the standard library or of a listed library."""
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root in _libraries


def _may_import(key: str) -> bool:
    module = key.partition(":")[0]
    root = module.partition(".")[0]
    return is_own_class(key) or root in _libraries or root in sys.stdlib_module_names


def _is_plain(found: type[Any]) -> bool:
    return found.__module__ == "builtins" or issubclass(found, (Enum, BaseException))


def resolve(key: str) -> Any:
    """Return what stands under the name, importing its module; the caller has checked that it may be named."""
    module, _, qualname = key.partition(":")
    target: Any = module_named(module)
    for part in qualname.split("."):
        if part.startswith("__") and part.endswith("__"):
            raise PermissionError(f"`{key}` may not be named in a message")
        target = getattr(target, part)
    return target
