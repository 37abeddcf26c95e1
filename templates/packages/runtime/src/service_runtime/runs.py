"""Runs of jobs: started by a request, watched by another, one at a time."""

from __future__ import annotations

import contextvars
import threading
import traceback
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from service_runtime import allowlist, echo

KEPT = 100
"""Finished runs that are remembered."""


class Runs:
    """Starts the entries of a job service.

    Args:
        entries: Symbol by name; a symbol that ends in `:<module>` is run as a program.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = entries
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="run")
        self._runs: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def start(self, entry: str = "", argv: list[str] | None = None, key: str = "") -> dict[str, Any]:
        """Start a run and return it; a run that was started with the same `key` is returned instead.

        Raises:
            LookupError: If the service has no such entry.
        """
        name = entry or next(iter(self._entries), "")
        if name not in self._entries:
            raise LookupError(f"no entry `{name}`; there are {', '.join(self._entries) or 'none'}")
        with self._lock:
            known = next((run for run in self._runs.values() if key and run["key"] == key), None)
            if known is not None:
                return dict(known)
            run = {"id": key or uuid.uuid4().hex, "key": key, "entry": name, "status": "waiting", "output": ""}
            self._runs[run["id"]] = run
            for old in [r for r in self._runs.values() if r["status"] in ("done", "failed")][:-KEPT]:
                del self._runs[old["id"]]
        self._pool.submit(contextvars.Context().run, self._perform, run, self._entries[name], argv or [])
        return dict(run)

    def show(self, run_id: str) -> dict[str, Any]:
        """Return a run.

        Raises:
            LookupError: If there is none with this id.
        """
        with self._lock:
            return dict(self._runs[run_id])

    def _perform(self, run: dict[str, Any], symbol: str, argv: list[str]) -> None:
        from service_runtime.dispatch import run_main  # noqa: PLC0415  (dispatch serves runs and calls alike)

        entries: list[list[Any]] = []
        echo.sink.set(entries)
        run["status"] = "running"
        try:
            module, _, name = symbol.partition(":")
            status = run_main(module, [module, *argv]) if name == "<module>" else 0
            if name != "<module>":
                allowlist.resolve(symbol)(*argv)
            run["status"] = "done" if status == 0 else "failed"
        except BaseException:  # noqa: BLE001  (the run fails, the service goes on)
            run["status"], run["error"] = "failed", traceback.format_exc()
        run["output"] = "".join(entry[1] for entry in entries if entry[0] == "out")
