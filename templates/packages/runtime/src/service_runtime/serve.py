"""Start of a service process: its code, its working directory, its port."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from service_runtime import context, echo
from service_runtime.modules import SourceFinder, install
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
    """Run the service until it is told to stop."""
    options = _options(service.name)
    prepare(service, Path(options.workdir))
    host = Host(service)
    app: Any = build_app(service, host)
    if service.web:
        from service_runtime.gateway import Gateway  # noqa: PLC0415  (only gateways have an app of their own)

        app = host.gateway = Gateway(service.web, app)
    import uvicorn  # noqa: PLC0415  (the tests of a service do without)

    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=25,
        limit_concurrency=512,
        server_header=False,
    )
    uvicorn.Server(config).run()
    if host.failure:
        sys.exit(3)


def prepare(service: Service, workdir: Path) -> None:
    """Make this process the service: name, working directory, logs, modules."""
    os.environ["SERVICE_NAME"] = service.name
    os.chdir(workdir)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("SERVICE_LOG_LEVEL", "INFO"), handlers=[handler])
    echo.install()
    install(SourceFinder(service.source, service.modules, service.anchored, workdir))
    sys.argv = [service.name]


def _options(name: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Serve `{name}`.")
    parser.add_argument("--host", default=os.environ.get("SERVICE_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("SERVICE_PORT", "8000")))
    parser.add_argument("--workdir", default=os.environ.get("SERVICE_WORKDIR", "."))
    return parser.parse_args()
