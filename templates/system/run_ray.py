"""Run every service as a Ray Serve deployment: the same code and addresses, on one machine or a cluster.

`python run_ray.py up --workdir FOLDER` starts Ray here, deploys, and takes everything down on Ctrl-C. With RAY_ADDRESS
it joins that cluster, on whose nodes this folder and FOLDER must stand at the same paths. Needs `ray[serve]` and what
the services need.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = sorted((HERE / "packages").glob("*/src"))
READY_TIMEOUT_S = 300.0
MOST_REPLICAS = 8


def main() -> int:
    """Parse the command line, run until a signal, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    up = parser.add_subparsers(dest="command", required=True).add_parser("up", help="deploy all services")
    up.add_argument("--workdir", type=Path, default=Path.cwd(), help="folder in which the services run")
    up.add_argument("--ready-file", type=Path, help="JSON file to write when all are ready")
    up.add_argument("--port", type=int, default=8000, help="port of Ray Serve on this machine")
    options = parser.parse_args()
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # a busy machine takes its time
    import ray  # noqa: PLC0415  (reads the variable above)
    from ray import serve  # noqa: PLC0415

    stop = threading.Event()
    parent = os.getppid() if os.environ.get("SERVICE_PARENT") else 0
    system = json.loads((HERE / "system.json").read_text())
    environment = environment_of(system, options.port)
    asked = sum(_cores(service) for service in system["services"])
    is_cluster = "RAY_ADDRESS" in os.environ
    resources = {} if is_cluster else {"num_cpus": max(asked + 1, os.cpu_count() or 1), "include_dashboard": False}
    ray.init(runtime_env={"env_vars": environment}, log_to_driver=True, **resources)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve.start(http_options={"host": "127.0.0.1", "port": options.port})
        for service in system["services"]:
            application = deployment_of(service, options.workdir.resolve(), environment)
            prefix = prefixes(system)[service["name"]]
            serve.run(application, name=service["name"], route_prefix=prefix or "/", blocking=False)
        _await(system, environment, stop)
        if options.ready_file is not None and not stop.is_set():
            _write_ready(options.ready_file, system, environment)
        while not stop.wait(1.0) and (not parent or os.getppid() == parent):
            pass
    finally:
        serve.shutdown()
        ray.shutdown()
        if options.ready_file is not None:
            options.ready_file.unlink(missing_ok=True)
    return 0


def environment_of(system: dict[str, Any], port: int) -> dict[str, str]:
    """Return the variables that services and callers need: addresses, and the secret of the tokens."""
    base = f"http://127.0.0.1:{port}"
    prefix = prefixes(system)
    urls = {f"SERVICE_URL_{s['name'].upper()}": base + prefix[s["name"]] + s["probes"] for s in system["services"]}
    return {
        **urls,
        "SERVICE_TOKEN_SECRET": os.environ.get("SERVICE_TOKEN_SECRET") or secrets.token_hex(24),
        "SERVICE_OPEN": "1",
        "PYTHONPATH": os.pathsep.join([*map(str, PACKAGES), *filter(None, [os.environ.get("PYTHONPATH", "")])]),
    }


def prefixes(system: dict[str, Any]) -> dict[str, str]:
    """Return the path below which each service answers: the first web application at the root, the others by name."""
    web = [service["name"] for service in system["services"] if service["probes"]][:1]
    return {s["name"]: "" if s["name"] in web else f"/{s['name']}" for s in system["services"]}


def deployment_of(service: dict[str, Any], workdir: Path, environment: dict[str, str]) -> Any:
    """Return one service as a Ray Serve application; one whose objects callers hold on to has one replica."""
    from ray import serve  # noqa: PLC0415  (as above)

    program, name = str(HERE / service["app"]), service["name"]

    def build() -> Any:
        """Return the service's ASGI application, in the process of a replica."""
        made = runpy.run_path(program)["SERVICE"]
        from service_runtime.serve import Host, application, open_handover, prepare  # noqa: PLC0415

        prepare(made, workdir)
        handed = open_handover(made, workdir)
        return _from_root(application(made, Host(made, handed), handed))

    is_scalable = service["kind"] != "job" and not service["holds_state"]
    count: dict[str, Any] = {"num_replicas": 1}
    if is_scalable:
        count = {"autoscaling_config": {"min_replicas": 1, "max_replicas": MOST_REPLICAS, "target_ongoing_requests": 4}}
    actor = {
        "num_cpus": _cores(service),
        "num_gpus": service["gpu"],
        "runtime_env": {"env_vars": {**environment, "SERVICE_NAME": name}},
    }

    @serve.deployment(name=name, ray_actor_options=actor, max_ongoing_requests=128, **count)
    @serve.ingress(build)
    class Replica:
        """Holds the application that answers."""

    return Replica.bind()


def _from_root(application: Any) -> Any:
    """Return the application with paths as they are without the prefix that Ray Serve routes by."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        root = scope.get("root_path", "").rstrip("/")
        if root:
            scope = {**scope, "root_path": "", "path": scope["path"].removeprefix(root) or "/"}
        await application(scope, receive, send)

    return answer


def _cores(service: dict[str, Any]) -> float:
    return float(service["cpu"])


def _await(system: dict[str, Any], environment: dict[str, str], stop: threading.Event) -> None:
    until = time.monotonic() + READY_TIMEOUT_S
    for service in system["services"]:
        url = environment[f"SERVICE_URL_{service['name'].upper()}"] + "/readyz"
        while not _is_ready(url) and not stop.is_set():
            if time.monotonic() > until:
                sys.exit(f"error: {service['name']} is not ready after {READY_TIMEOUT_S:g} s")
            time.sleep(0.1)
        print(f"{service['name']:<16} ready at {url.removesuffix('/readyz')}", file=sys.stderr)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (an address of this machine)
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _write_ready(path: Path, system: dict[str, Any], environment: dict[str, str]) -> None:
    urls = {s["name"]: {"url": environment[f"SERVICE_URL_{s['name'].upper()}"]} for s in system["services"]}
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(json.dumps({"services": urls, "environment": environment}, indent=2))
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
