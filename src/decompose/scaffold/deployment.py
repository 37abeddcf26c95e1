"""What every target that deploys containers decides alike: names, limits, variables, who is reached by whom."""

from __future__ import annotations

import re

from decompose.scaffold.context import ServiceContext, SystemContext

PORT = 8000
"""Port of every service inside its container."""
USER = 10001
"""User and group of every service inside its container."""
GRACE_S = 35
"""From being told to end until being killed, in seconds: the 25 s that the server gives calls under way, and some more."""
DRAIN_S = 5
"""How long a service takes calls after it was told to end, in seconds: a cluster's routing notices only then."""
HEADROOM = 2
"""How far a service may go over what the plan says that it needs, in CPU and memory."""
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|PWD|CREDENTIAL|DSN|_URL$|_URI$", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OWN_VARIABLES = re.compile(r"SERVICE_|PYTHON|PATH$|HOME$")


def dns_name(name: str) -> str:
    """Return a name as DNS and image registries allow it: lower case, digits, dashes, at most 40 characters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "system"


def image_of(system: SystemContext, service: ServiceContext) -> str:
    """Return the image of a service; all targets and pipelines name it alike."""
    return f"{system.label}-{dns_name(service.name)}:1.0.0"


def addresses(system: SystemContext) -> dict[str, str]:
    """Return the variables that tell every service where the others are."""
    return {
        f"SERVICE_URL_{s.name.upper()}": f"http://{dns_name(s.name)}:{PORT}{s.probe_prefix}" for s in system.services
    }


def callers_of(system: SystemContext, service: ServiceContext) -> list[str]:
    """Return the services that call this one, sorted."""
    return sorted({source for source, target in system.edges if target == service.name})


def variables(service: ServiceContext) -> list[str]:
    """Return the environment variables that the service's own code reads, sorted."""
    names = {name for name in service.environment if _VARIABLE.fullmatch(name) and not _OWN_VARIABLES.match(name)}
    return sorted(names)


def is_secret(variable: str) -> bool:
    """Return whether a variable's name says that its value must not be seen."""
    return bool(_SECRET.search(variable))


def is_served(system: SystemContext, service: ServiceContext) -> bool:
    """Return whether the service has to be up: everything but jobs that nobody calls and that can be started."""
    return service.kind != "job" or bool(callers_of(system, service)) or not service.entries


def is_scalable(service: ServiceContext) -> bool:
    """Return whether replicas may stand beside each other: not when callers hold on to objects or state of one."""
    return service.kind != "job" and not service.holds_state
