"""A service goes over to new artifacts while it answers: no request is refused, none sees some old and some new.

What is new is brought near first. Then new requests wait, those inside finish, the files change places, the service's
own modules are loaded afresh (so that whatever they keep of the old files is gone), and the waiting requests go on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from service_runtime import view
from service_runtime.artifacts import Version
from service_runtime.handover import Handover, Staged
from service_runtime.modules import is_ours

if TYPE_CHECKING:
    from service_runtime.server import Host

POLL_S = float(os.environ.get("SERVICE_STORE_POLL_S", "1"))
"""How often the store is asked for something new, in seconds."""
PATIENCE_S = 5.0
"""How long requests inside may take to finish; then others go on and it is tried again."""
ATTEMPTS = 12
"""Tries before the change is made although a request (an endless stream, say) is still inside."""

log = logging.getLogger("service.artifacts")


class Reloader:
    """Watches the store for one service.

    Args:
        host: The service.
        handover: Its artifacts.
        is_reloading: Whether modules are loaded afresh; jobs read their files at each run and do without.
    """

    def __init__(self, host: Host, handover: Handover, *, is_reloading: bool) -> None:
        self._host = host
        self._handover = handover
        self._is_reloading = is_reloading
        self._refused: dict[str, Version] = {}
        self._lock = asyncio.Lock()
        self.changes = 0
        """Changes made so far."""

    async def watch(self) -> None:
        """Look for changes until cancelled; trouble with the store is logged, and the service goes on as it is."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.catch_up()
                if view.active and not self._host.gate.count:
                    view.active[0].refresh()
            except Exception:
                log.exception("the artifacts could not be brought up to date")

    async def catch_up(self) -> None:
        """Go over to what is current, unless that has been found not to load."""
        async with self._lock:
            wanted = await asyncio.to_thread(self._handover.missing)
            if wanted and wanted != self._refused:
                await self.change(wanted)

    async def change(self, wanted: dict[str, Version]) -> bool:
        """Go over to other versions, given by set; return whether the service serves them now."""
        changes = await asyncio.to_thread(self._handover.stage, wanted)
        for attempt in range(ATTEMPTS):
            async with self._host.gate.closed(PATIENCE_S) as is_quiet:
                if is_quiet or attempt == ATTEMPTS - 1:
                    if not is_quiet:
                        log.warning("%d requests are still inside; they may see old and new", self._host.gate.count)
                    return await self._apply(wanted, changes)
            await asyncio.sleep(POLL_S)
        return False

    async def _apply(self, wanted: dict[str, Version], changes: list[Staged]) -> bool:
        before = await asyncio.to_thread(self._handover.apply, changes)
        if not any(self._handover.is_news(before.get(name), version) for name, version in wanted.items()):
            return True
        self.changes += 1
        if not self._is_reloading:
            return True
        try:
            await self._host.reload()
        except Exception:
            log.exception("the new artifacts do not load: the service stays with the old ones")
            self._refused = wanted
            await asyncio.to_thread(lambda: self._handover.apply(self._handover.stage(before)))
            return False
        self._refused = {}
        return True


class OwnModules:
    """The modules of the system that are loaded, to be set aside and perhaps put back."""

    def __init__(self) -> None:
        self._aside: dict[str, ModuleType] = {}

    def set_aside(self) -> None:
        """Forget all of them, so that the next import loads them afresh."""
        self._aside = {name: module for name, module in list(sys.modules.items()) if is_ours(name)}
        for name in self._aside:
            del sys.modules[name]

    def put_back(self) -> None:
        """Undo `set_aside`."""
        for name in [name for name in sys.modules if is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(self._aside)
