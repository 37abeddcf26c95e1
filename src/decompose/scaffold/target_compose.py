"""Target `compose`: every service a container of this machine."""

from __future__ import annotations

from decompose.scaffold.context import ServiceContext, SystemContext
from decompose.scaffold.deployment import GRACE_S, HEADROOM, PORT, addresses, image_of, is_served, variables
from decompose.scaffold.deployment import dns_name as dns
from decompose.scaffold.yamltext import yaml_text

_NOTE = "Set SERVICE_TOKEN_SECRET (at least 16 characters) in the environment or in an .env file beside this one."
_SECRET = "${SERVICE_TOKEN_SECRET:?set a secret}"  # noqa: S105  (the name of a variable)


def compose(system: SystemContext) -> dict[str, bytes]:
    """Return `compose.yaml`."""
    services = {dns(service.name): _service(system, service) for service in system.services}
    services = dict(sorted(services.items()))
    document = {"name": dns(system.name), "services": services, "volumes": {"data": {}}}
    return {"compose.yaml": yaml_text([document], note=_NOTE)}


def _service(system: SystemContext, service: ServiceContext) -> dict[str, object]:
    """Return one entry, its keys in the order that linters ask for; `pull_policy` keeps strangers' images out."""
    is_up = is_served(system, service)
    waits = [name for name in service.starts_after if is_served(system, _named(system, name))]
    found: dict[str, object] = {
        "image": image_of(system, service),
        "build": {"context": ".", "dockerfile": f"services/{service.name}/Dockerfile"},
        "depends_on": {dns(name): {"condition": "service_healthy"} for name in waits},
        "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
        "environment": {
            "SERVICE_TOKEN_SECRET": _SECRET,
            **addresses(system),
            **dict.fromkeys(variables(service)),
        },
        "ports": [f"127.0.0.1:{service.port}:{PORT}"] if service.kind == "gateway" else [],
        "profiles": [] if is_up else ["jobs"],
        "command": [] if is_up else ["--run", service.entries[0][0]],
        "restart": "unless-stopped" if is_up else "no",
        "cap_drop": ["ALL"],
        "deploy": {"resources": _resources(service)},
        "init": True,
        "pids_limit": 512,
        "pull_policy": "build",
        "read_only": True,
        "security_opt": ["no-new-privileges:true"],
        "stop_grace_period": f"{GRACE_S}s",
        "tmpfs": ["/tmp"],  # noqa: S108  (inside the container)
    }
    return {key: value for key, value in found.items() if value not in ([], {})}


def _named(system: SystemContext, name: str) -> ServiceContext:
    return next(service for service in system.services if service.name == name)


def _resources(service: ServiceContext) -> dict[str, object]:
    asked: dict[str, object] = {"cpus": str(service.cpu), "memory": f"{service.memory_mb}M"}
    if service.gpu:
        asked["devices"] = [{"driver": "nvidia", "count": service.gpu, "capabilities": ["gpu"]}]
    limits = {"cpus": str(service.cpu * HEADROOM), "memory": f"{service.memory_mb * HEADROOM}M"}
    return {"reservations": asked, "limits": limits}
