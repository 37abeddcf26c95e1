"""Start of a service process: its code, its working directory, its port."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service_runtime import context, echo, jobs, view
from service_runtime.door import Door
from service_runtime.handover import STATE_FOLDER, Handover, active
from service_runtime.limits import guarded
from service_runtime.modules import SourceFinder, install
from service_runtime.refusal import reason
from service_runtime.registries import open_store
from service_runtime.server import Host, build_app
from service_runtime.service import Service


class JsonLines(logging.Formatter):
    """Log records as JSON, with the request they belong to."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        entry: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if context.request_id.get():
            entry["request_id"] = context.request_id.get()
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def serve(service: Service) -> None:
    """Run the service until it is told to stop, or one of its entries to its end."""
    options = _options(service)
    shared = Path(options.workdir).resolve()
    view.base[:] = [shared]
    try:
        prepare(service, workplace(service, shared, is_run=bool(options.run)))
    except (Exception, SystemExit) as error:  # noqa: BLE001  (code of the monolith, run before all else)
        traceback.print_exception(error)
        sys.exit(f"error: {reason(error, service)}")
    handed = open_handover(service, Path.cwd(), shared)
    _end_with_parent()
    if options.run:
        sys.exit(jobs.perform(service, options.run_id or uuid.uuid4().hex, options.run, tuple(options.words), handed))
    host = Host(service, handed)
    app = application(service, host, handed)
    import uvicorn  # noqa: PLC0415  (the tests of a service do without)
    from uvicorn.protocols.http.auto import AutoHTTPProtocol  # noqa: PLC0415

    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        http=guarded(AutoHTTPProtocol),
        log_config=None,
        access_log=False,
        timeout_keep_alive=75,
        limit_concurrency=512,
        server_header=False,
        **graceful(uvicorn.Config),
    )
    server = uvicorn.Server(config)
    drain(host, server)
    host.end = lambda: setattr(server, "should_exit", True)
    server.run()
    if host.failure:
        sys.exit(f"error: {host.failure}")


def graceful(config: Callable[..., Any]) -> dict[str, Any]:
    """Return how long a server lets running requests finish, in seconds, if it can be told (uvicorn 0.22 and later)."""
    known = "timeout_graceful_shutdown" in inspect.signature(config).parameters
    return {"timeout_graceful_shutdown": 25} if known else {}


def application(service: Service, host: Host, handed: Handover | None) -> Any:
    """Return the ASGI application of a service: its own routes, and the monolith's web app where it has one."""
    app: Any = build_app(service, host)
    prefix = ""
    if service.web:
        own_paths = ("/v2",) if service.is_protocol_at_root else ()
        from service_runtime.gateway import OWN_PREFIX, Gateway  # noqa: PLC0415  (only gateways have an app)

        app, prefix = Gateway(service.web, app, own_paths=own_paths), OWN_PREFIX
        host.gateway = app
    return Door(app, host.gate, handed, host.reloader, prefix, lambda: host.is_ending)


def workplace(service: Service, shared: Path, *, is_run: bool) -> Path:
    """Return where the service works: a view of a shared directory for what answers while others write there."""
    written = {artifact.folder for artifact in service.artifacts if artifact.is_written}
    patterns = [artifact.pattern for artifact in service.artifacts if artifact.folder not in written]
    is_shared = os.environ.get("SERVICE_SHARED_WORKDIR") == "1" and os.environ.get("SERVICE_STORE")
    if service.is_job or is_run or not patterns or not is_shared:
        return shared
    view.active[:] = [view.View(shared, shared / STATE_FOLDER / "views" / service.name, patterns)]
    return view.active[0].folder


def open_handover(service: Service, workdir: Path, shared: Path | None = None) -> Handover | None:
    """Return what connects the service's files with the artifact store that `SERVICE_STORE` names, if it shares any."""
    url = os.environ.get("SERVICE_STORE", "")
    if not url or not service.artifacts:
        return None
    is_shared = os.environ.get("SERVICE_SHARED_WORKDIR") == "1"
    base = shared if shared != workdir else None
    made = Handover(open_store(url), service.artifacts, workdir, service.name, is_shared=is_shared, base=base)
    active[:] = [made]
    return made


def drain(host: Host, server: Any) -> None:
    """On a signal to end, say "not ready" at once, and take calls for `SERVICE_DRAIN_S` more seconds.

    Whoever spreads the load needs that time to notice; then the calls under way are finished, and the process ends.
    """
    end, seconds = server.handle_exit, float(os.environ.get("SERVICE_DRAIN_S", "0"))

    def begin(number: int, frame: Any) -> None:
        was_ready, host.is_ready, host.is_ending = host.is_ready, False, True
        if seconds and was_ready and number == signal.SIGTERM:
            threading.Timer(seconds, end, (number, frame)).start()
        else:
            end(number, frame)

    server.handle_exit = begin


def prepare(service: Service, workdir: Path) -> None:
    """Make this process the service: name, working directory, logs, modules, and what must run before its code."""
    os.environ["SERVICE_NAME"] = service.name
    os.chdir(workdir)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("SERVICE_LOG_LEVEL", "INFO"), handlers=[handler])
    echo.install()
    install(SourceFinder(service.source, service.modules, service.anchored, workdir), service.renamed, service.aliases)
    sys.argv = [service.name]
    for module in service.startup:
        importlib.import_module(module)


def _options(service: Service) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Serve `{service.name}`.")
    parser.add_argument("--host", default=os.environ.get("SERVICE_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("SERVICE_PORT", "8000")))
    parser.add_argument("--workdir", default=os.environ.get("SERVICE_WORKDIR", "."))
    parser.add_argument("--run", metavar="ENTRY", help="run this to its end instead of serving")
    parser.add_argument("--run-id", help="name of the run; one that was killed is taken up again")
    parser.add_argument("words", nargs="*", help="arguments of what is run, after `--`")
    return parser.parse_args()


def _end_with_parent() -> None:
    """End when the process that `SERVICE_PARENT` names is gone: a launcher that was killed leaves nothing running."""
    parent = int(os.environ.get("SERVICE_PARENT") or 0)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    if parent:
        threading.Thread(target=watch, name="parent", daemon=True).start()
