"""Modules that others ask for while this service still loads: they get whole ones, or are told to come back.

Two threads that import modules of one circle can be given half of one by Python, which prefers that to a deadlock. So
one thread loads, and the others wait for it.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
import time
from types import ModuleType

from service_runtime.modules import is_ours

WAIT_S = 5.0
"""Time that a call waits for a module that is being loaded; of services that wait for each other, one must give up."""

_loader: list[int] = []
"""The thread that loads; empty when all is loaded."""
_wanted: dict[str, None] = {}


class TooEarly(RuntimeError):
    """The service has not loaded yet what a call needs."""


def begin() -> None:
    """Say that this thread now loads the service, first what others have asked for in vain."""
    _loader[:] = [threading.get_ident()]
    for name in list(_wanted):
        _wanted.pop(name)
        with contextlib.suppress(Exception):  # whoever asks again is told why
            importlib.import_module(name)


def end() -> None:
    """Say that all is loaded."""
    _loader.clear()


def module_named(name: str) -> ModuleType:
    """Return a module, imported if need be.

    Raises:
        TooEarly: If it belongs to this service, which is still loading it or has not come to it.
    """
    until = time.monotonic() + WAIT_S
    while is_ours(name) and _loader and _loader[0] != threading.get_ident():
        found = sys.modules.get(name)
        if found is not None and not getattr(found.__spec__, "_initializing", False):
            return found
        _wanted[name] = None
        if time.monotonic() > until:
            raise TooEarly(f"`{name}` is not loaded yet")
        time.sleep(0.05)
    return importlib.import_module(name)
