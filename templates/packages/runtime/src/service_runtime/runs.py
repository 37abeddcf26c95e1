"""Runs of jobs over HTTP: started by a request, watched by another."""

from __future__ import annotations

import hashlib
import subprocess
import threading
import uuid
from pathlib import Path
from typing import Any

from service_runtime import jobs
from service_runtime.errors import JobError
from service_runtime.service import Service


class Runs:
    """Starts the entries of a service, each as a process of its own.

    Args:
        service: The service.
        root: Its working directory.
    """

    def __init__(self, service: Service, root: Path) -> None:
        self._service = service
        self._root = root
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, entry: str = "", argv: list[str] | None = None, key: str = "") -> dict[str, Any]:
        """Start a run and return it; one with the same `key` is returned instead, or taken up again if it was killed.

        Raises:
            LookupError: If the service has no such entry.
        """
        entries = self._service.entries
        name = entry or next(iter(entries), "")
        if name not in entries:
            raise LookupError(f"no entry `{name}`; there are {', '.join(entries) or 'none'}")
        run_id = hashlib.sha256(key.encode()).hexdigest()[:32] if key else uuid.uuid4().hex
        with self._lock:
            known = jobs.read_run(jobs.folder_of(self._root, self._service.name, run_id))
            if known is None or jobs.find(self._root, self._service.name, run_id).status in ("killed", "failed"):
                run = jobs.Run(run_id, self._service.name, name, tuple(argv or ()), is_accepted=True)
                self._begin(run)
        return self.show(run_id)

    def resume(self) -> None:
        """Take up the runs that were accepted before this process began and have not come to an end."""
        with self._lock:
            for run in jobs.list_runs(self._root, self._service.name):
                if run.is_accepted and run.status not in ("done", "failed") and run.id not in self._processes:
                    self._begin(run)

    def _begin(self, run: jobs.Run) -> None:
        self._processes[run.id] = jobs.start(self._service.source.parent / "app.py", run, self._root, {})

    def show(self, run_id: str) -> dict[str, Any]:
        """Return a run with what it has printed.

        Raises:
            LookupError: If there is none with this id.
        """
        process = self._processes.get(run_id)
        if process is not None:
            process.poll()
        try:
            run = jobs.find(self._root, self._service.name, run_id)
        except JobError as error:
            raise LookupError(str(error)) from error
        output = jobs.log_of(self._root, self._service.name, run_id)
        return {"id": run.id, "entry": run.entry, "status": run.status, "attempt": run.attempt, "error": run.error,
                "output": output[-100_000:]}  # fmt: skip
