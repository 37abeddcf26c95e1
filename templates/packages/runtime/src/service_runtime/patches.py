"""Names of moved modules and classes that a test replaces: carried to the service, and put back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from service_runtime import context
from service_runtime.client import Client

_MISSING = object()


class Patches:
    """What was replaced in this process."""

    def __init__(self) -> None:
        self._originals: dict[tuple[str, str], Any] = {}

    def setter(self, target: Any, what: str, name: str, *, is_undo: bool) -> Callable[..., None]:
        """Return a function that replaces `name` of `target`, or puts the original back."""
        return (lambda: self._undo(target, what, name)) if is_undo else (lambda v: self._set(target, what, name, v))

    def _set(self, target: Any, what: str, name: str, value: Any) -> None:
        original = self._originals.setdefault((what, name), vars(target).get(name, _MISSING))
        is_callable = callable(value) and not isinstance(value, type)
        setattr(target, name, _replacement(value, original) if is_callable else value)

    def _undo(self, target: Any, what: str, name: str) -> None:
        original = self._originals.pop((what, name), target)
        if original is _MISSING:
            delattr(target, name)
        elif original is not target:
            setattr(target, name, original)


class FacadeModule(ModuleType):
    """A facade whose names, when replaced, are replaced in the service as well."""

    _remote_module: str
    _remote_owners: dict[str, Client]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a name here and, when it belongs to a service, there."""
        owner = self._remote_owners.get(name) if not name.startswith("_remote") else None
        if owner is not None and context.process_name() == "client":
            if is_facade(value, self.__name__, name):
                owner.unpatch(self._remote_module, name)
            else:
                owner.patch(self._remote_module, name, value)
        if owner is None or name in self.__dict__:
            super().__setattr__(name, value)


def is_facade(value: Any, module: str, qualname: str) -> bool:
    """Return whether the value is the facade that stood under the name at first."""
    has_name = getattr(value, "__module__", "") == module and getattr(value, "__qualname__", "") == qualname
    return has_name and isinstance(value, (FunctionType, property, type))


def _replacement(value: Any, original: Any) -> Any:
    """Return a function that calls `value`; when that calls the facade in turn, it means the original."""
    active: set[str] = set()

    def replaced(*args: Any, **kwargs: Any) -> Any:
        session = context.session.get()
        if session in active and callable(original):
            return original(*args, **kwargs)
        active.add(session)
        try:
            return value(*args, **kwargs)
        finally:
            active.discard(session)

    return replaced
