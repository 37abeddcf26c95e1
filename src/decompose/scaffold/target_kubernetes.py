"""Target `kubernetes`: one file of manifests a service, and one for what they share. `kubectl apply -f kubernetes/`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.scaffold.context import ServiceContext, SystemContext
from decompose.scaffold.deployment import (
    DRAIN_S,
    GRACE_S,
    HEADROOM,
    PORT,
    USER,
    addresses,
    callers_of,
    image_of,
    is_scalable,
    is_secret,
    is_served,
    variables,
)
from decompose.scaffold.deployment import dns_name as dns
from decompose.scaffold.yamltext import yaml_text

Manifest = dict[str, Any]
MOST_REPLICAS = 8
_TOKEN_SECRET = "SERVICE_TOKEN_SECRET"  # noqa: S105  (the name of a variable)
_PROBES = {
    "startupProbe": ("startupz", {"periodSeconds": 2, "failureThreshold": 90}),
    "readinessProbe": ("readyz", {"periodSeconds": 5, "failureThreshold": 2}),
    "livenessProbe": ("livez", {"periodSeconds": 10, "failureThreshold": 6}),
}


def kubernetes(system: SystemContext) -> dict[str, bytes]:
    """Return the manifests, by path."""
    name = dns(system.name)
    note = (
        f"Before the first start: kubectl apply -f kubernetes/00-namespace.yaml\n"
        f"kubectl -n {name} create secret generic {name}-secrets --from-literal=SERVICE_TOKEN_SECRET=...\n"
        f"Settings of the services come from the config map {name}-settings and that secret, by their variables' names."
    )
    files = {
        "kubernetes/00-namespace.yaml": yaml_text([_namespace(system)]),
        "kubernetes/shared.yaml": yaml_text(_shared(system), note=note),
    }
    for service in system.services:
        files[f"kubernetes/{dns(service.name)}.yaml"] = yaml_text(
            _manifests(system, service), note=_note(system, service)
        )
    return files


def _note(system: SystemContext, service: ServiceContext) -> str:
    if service.holds_state:
        return "One replica: callers hold on to objects or state of this service."
    if service.kind == "job":
        name = dns(service.name)
        return f"Run it now: kubectl -n {dns(system.name)} create job --from=cronjob/{name} {name}-1"
    return ""


def _namespace(system: SystemContext) -> Manifest:
    """Return the system's own namespace, in which the cluster refuses pods that ask for more rights than ours do."""
    labels = _labels(system) | {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": dns(system.name), "labels": labels}}


def _shared(system: SystemContext) -> Iterator[Manifest]:
    yield _manifest("v1", "ConfigMap", f"{dns(system.name)}-addresses", system) | {"data": addresses(system)}
    claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    yield _manifest("v1", "PersistentVolumeClaim", f"{dns(system.name)}-data", system) | {"spec": claim}
    closed = {"podSelector": {"matchLabels": _labels(system)}, "policyTypes": ["Ingress"]}
    yield _manifest("networking.k8s.io/v1", "NetworkPolicy", f"{dns(system.name)}-closed", system) | {"spec": closed}


def _manifests(system: SystemContext, service: ServiceContext) -> Iterator[Manifest]:
    name, labels = dns(service.name), _labels(system, service)
    if is_served(system, service):
        yield _manifest("apps/v1", "Deployment", name, system, service) | {"spec": _deployment(system, service)}
        ports = [{"name": "http", "port": PORT, "targetPort": "http"}]
        yield _manifest("v1", "Service", name, system, service) | {"spec": {"selector": labels, "ports": ports}}
        yield _manifest("networking.k8s.io/v1", "NetworkPolicy", name, system, service) | {
            "spec": {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"], **_ingress(system, service)}
        }
    if is_served(system, service) and is_scalable(service):
        yield _manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, system, service) | {"spec": _scaling(name)}
    if service.kind == "job" and service.entries:
        yield _manifest("batch/v1", "CronJob", name, system, service) | {"spec": _cron_job(system, service)}


def _manifest(
    version: str, kind: str, name: str, system: SystemContext, service: ServiceContext | None = None
) -> Manifest:
    metadata = {"name": name, "namespace": dns(system.name), "labels": _labels(system, service)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def _labels(system: SystemContext, service: ServiceContext | None = None) -> dict[str, str]:
    own = {"app.kubernetes.io/name": dns(service.name)} if service is not None else {}
    return {**own, "app.kubernetes.io/part-of": dns(system.name)}


def _deployment(system: SystemContext, service: ServiceContext) -> Manifest:
    container = _container(system, service)
    container["ports"] = [{"name": "http", "containerPort": PORT}]
    for probe, (path, times) in _PROBES.items():
        get = {"path": f"{service.probe_prefix}/{path}", "port": "http"}
        container[probe] = {"httpGet": get, "timeoutSeconds": 3, **times}
    container["env"].append({"name": "SERVICE_DRAIN_S", "value": str(DRAIN_S)})
    spec: Manifest = {"selector": {"matchLabels": _labels(system, service)}}
    if not is_scalable(service):
        spec |= {"replicas": 1, "strategy": {"type": "Recreate"}}
    return spec | {"template": _pod(system, service, container, {"terminationGracePeriodSeconds": DRAIN_S + GRACE_S})}


def _cron_job(system: SystemContext, service: ServiceContext) -> Manifest:
    container = _container(system, service) | {"args": ["--run", service.entries[0][0]]}
    pod = _pod(system, service, container, {"restartPolicy": "Never"})
    if is_served(system, service):
        pod["metadata"]["labels"] |= {"app.kubernetes.io/name": f"{dns(service.name)}-run"}
    job = {"backoffLimit": 2, "ttlSecondsAfterFinished": 86400, "template": pod}
    return {"schedule": "0 3 * * *", "suspend": True, "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": job}}


def _secret_volume(system: SystemContext) -> Manifest:
    """Return the shared secret as a file: variables are seen by whatever a service starts, files of others are not."""
    items = [{"key": _TOKEN_SECRET, "path": _TOKEN_SECRET}]
    return {"name": "secret", "secret": {"secretName": f"{dns(system.name)}-secrets", "items": items}}


def _pod(system: SystemContext, service: ServiceContext, container: Manifest, more: Manifest) -> Manifest:
    identity = {"runAsNonRoot": True, "runAsUser": USER, "runAsGroup": USER, "fsGroup": USER}
    spec = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {**identity, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [
            {"name": "tmp", "emptyDir": {}},
            {"name": "data", "persistentVolumeClaim": {"claimName": f"{dns(system.name)}-data"}},
            _secret_volume(system),
        ],
    }
    return {"metadata": {"labels": _labels(system, service)}, "spec": spec | more}


def _container(system: SystemContext, service: ServiceContext) -> Manifest:
    return {
        "name": dns(service.name),
        "image": image_of(system, service),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "envFrom": [{"configMapRef": {"name": f"{dns(system.name)}-addresses"}}],
        "env": [
            {"name": f"{_TOKEN_SECRET}_FILE", "value": f"/run/secrets/{_TOKEN_SECRET}"},
            *(_variable(system, name) for name in variables(service)),
        ],
        "resources": _resources(service),
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  (inside the container)
            {"name": "data", "mountPath": "/data"},
            {"name": "secret", "mountPath": "/run/secrets", "readOnly": True},
        ],
    }


def _variable(system: SystemContext, name: str) -> Manifest:
    """Return a variable by reference: no value of the monolith's environment is ever written down."""
    kind, place = ("secretKeyRef", "secrets") if is_secret(name) else ("configMapKeyRef", "settings")
    reference = {"name": f"{dns(system.name)}-{place}", "key": name, "optional": True}
    return {"name": name, "valueFrom": {kind: reference}}


def _resources(service: ServiceContext) -> Manifest:
    requests = {"cpu": f"{round(service.cpu * 1000)}m", "memory": f"{service.memory_mb}Mi"}
    limits = {"cpu": f"{round(service.cpu * 1000 * HEADROOM)}m", "memory": f"{service.memory_mb * HEADROOM}Mi"}
    if service.gpu:
        limits["nvidia.com/gpu"] = str(service.gpu)
    return {"requests": requests, "limits": limits}


def _ingress(system: SystemContext, service: ServiceContext) -> Manifest:
    """Return who may connect: the callers of the plan's edges; everyone, for a gateway."""
    rule: Manifest = {"ports": [{"port": PORT}]}
    if service.kind == "gateway":
        return {"ingress": [rule]}
    by_name = {other.name: other for other in system.services}
    names = [name for caller in callers_of(system, service) for name in _pod_names(by_name[caller])]
    peers = [{"podSelector": {"matchLabels": _labels(system) | {"app.kubernetes.io/name": name}}} for name in names]
    return {"ingress": [{"from": peers, **rule}]} if peers else {}


def _pod_names(service: ServiceContext) -> list[str]:
    return [dns(service.name), f"{dns(service.name)}-run"] if service.kind == "job" else [dns(service.name)]


def _scaling(name: str) -> Manifest:
    busy = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": MOST_REPLICAS, "metrics": [busy]}
