"""The wiring of the services: how values cross, how calls travel, how a service runs. Nothing here knows the system."""

from service_runtime.allowlist import allow
from service_runtime.client import UNSET, Client, cached_there, client_of
from service_runtime.errors import DeadlineExceeded, NotTransferable, RemoteCallError, RemoteError
from service_runtime.modules import declare
from service_runtime.proxies import RemoteObject, remote_names, remote_static

__all__ = [
    "UNSET",
    "Client",
    "DeadlineExceeded",
    "NotTransferable",
    "RemoteCallError",
    "RemoteError",
    "RemoteObject",
    "allow",
    "cached_there",
    "client_of",
    "declare",
    "remote_names",
    "remote_static",
]
