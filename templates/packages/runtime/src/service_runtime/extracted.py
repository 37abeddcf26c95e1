"""The switch of an extracted service, inside the monolith: its own code, the service, or both and what differs.

`EXTRACT_<SERVICE>` says which: `local` (nothing of this is loaded), `remote`, or `shadow`: the monolith's own code
answers, the service is asked too, and differences go to the file that `EXTRACT_REPORT` names, one JSON object a line,
or to the log. In `shadow` the caller never notices the service: not its errors, not its absence, only the time it
takes.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType, ModuleType
from typing import Any

from service_runtime.client import Client
from service_runtime.patches import FacadeModule
from service_runtime.proxies import RemoteObject, remote_names
from service_runtime.shadow import Shadow

MODES = ("local", "remote", "shadow")


class Switch:
    """Puts facades, or shadows, in the place of what a module defines; called by that module with its `globals()`.

    Args:
        service: Name of the extracted service.
        module: Name of the module in the service.
        client: Calls the service.
        facades: Functions and classes that the service answers, by name.
        values: Module-level values that the service has.
        only_local: Why something is not asked twice in `shadow`, by name (`function`, `Class.method`).
    """

    def __init__(
        self,
        service: str,
        module: str,
        *,
        client: Client,
        facades: dict[str, Any],
        values: tuple[str, ...] = (),
        only_local: dict[str, str] | None = None,
    ) -> None:
        self.service = service
        self.module = module
        self.client = client
        self.facades = facades
        self.values = values
        self.only_local = only_local or {}

    def __call__(self, namespace: dict[str, Any]) -> None:
        """Put in place what `EXTRACT_<SERVICE>` asks for.

        Raises:
            ValueError: If it asks for something else.
        """
        variable = f"EXTRACT_{self.service.upper()}"
        mode = os.environ.get(variable, "local")
        if mode not in MODES:
            raise ValueError(f"{variable}={mode}: say {', '.join(MODES)}")
        if mode == "remote":
            self._send_away(namespace)
        elif mode == "shadow":
            self._shadow(namespace)

    def _send_away(self, namespace: dict[str, Any]) -> None:
        here = namespace["__name__"]
        for name, facade in self.facades.items():
            facade.__module__ = here
            namespace[name] = facade
        for name in self.values:
            namespace.pop(name, None)
        owners = dict.fromkeys(self.facades, self.client)
        namespace["__getattr__"] = remote_names(
            here, self.module, values=dict.fromkeys(self.values, self.client), facades=owners
        )

    def _shadow(self, namespace: dict[str, Any]) -> None:
        here = namespace["__name__"]
        shadow = Shadow(self.service, self.module, self.only_local)
        for name, facade in self.facades.items():
            if isinstance(facade, type) and issubclass(facade, RemoteObject):
                shadow.watch_class(namespace[name], facade)
            else:
                namespace[name] = shadow.of_function(namespace[name], facade, name)
        module = sys.modules.get(here)
        if isinstance(module, ModuleType) and type(module) is ModuleType:
            owned = {n: self.client for n, v in namespace.items() if _is_defined_here(n, v, here)}
            module.__dict__.update(_remote_module=self.module, _remote_owners=owned)
            module.__class__ = ShadowedModule


class ShadowedModule(FacadeModule):
    """A module whose names, when a test replaces them, are replaced in the service as well, if it lets that be done."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a name here, and there."""
        try:
            super().__setattr__(name, value)
        except (OSError, RuntimeError, TypeError):
            self.__dict__[name] = value


def _is_defined_here(name: str, value: Any, module: str) -> bool:
    if name.startswith("__") or isinstance(value, ModuleType):
        return False
    return not isinstance(value, (FunctionType, type)) or value.__module__ == module
