"""The OpenAPI document of the system, completed by what its running web applications say of themselves."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

TIMEOUT_S = 5.0


def described(document: dict[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    """Return the document with the routes of what runs as that describes them, schemas included.

    Args:
        document: The document as generated.
        urls: Address of each running service's own routes; a web application stands where that has no further path.
    """
    paths, components = dict(document["paths"]), {**document.get("components", {})}
    for service, url in sorted(urls.items()):
        host, _, prefix = url.removeprefix("http://").partition("/")
        base = f"http://{host}"
        for below in dict.fromkeys((f"/{prefix}" if prefix else "", "")):
            live = _prefixed(_fetched(f"{base}{below}/openapi.json"), service)
            for path, item in live.get("paths", {}).items():
                key = _key(paths, below + path, service)
                paths[key] = {"servers": [{"url": base, "description": service}], **item}
            for kind, found in live.get("components", {}).items():
                components[kind] = {**components.get(kind, {}), **found}
    return {**document, "paths": dict(sorted(paths.items())), "components": components}


def _key(paths: Mapping[str, Any], path: str, service: str) -> str:
    """Return where a service's path stands in the document: with a fragment when another service has the same."""
    for key in (path, f"{path}#{service}"):
        if key not in paths or paths[key]["servers"][0]["description"] == service:
            return key
    return f"{path}#{service}"


def _fetched(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310  (addresses of our own services)
            found = json.loads(answer.read())
    except (urllib.error.URLError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _prefixed(live: dict[str, Any], service: str) -> dict[str, Any]:
    """Return a document whose components and tags bear the service's name, so that two may have a `User`."""
    text = json.dumps(live).replace('"#/components/schemas/', f'"#/components/schemas/{service}.')
    made: dict[str, Any] = json.loads(text)
    schemas = made.get("components", {}).get("schemas")
    if schemas:
        made["components"]["schemas"] = {f"{service}.{name}": schema for name, schema in schemas.items()}
    for item in made.get("paths", {}).values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["tags"] = [service, *operation.get("tags", ())]
    return made
