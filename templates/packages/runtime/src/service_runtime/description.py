"""The OpenAPI document of the system, completed by what its running web applications say of themselves."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

TIMEOUT_S = 5.0


def described(document: dict[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    """Return the document with the routes of running applications as they describe them, schemas included.

    Args:
        document: The document as generated.
        urls: Address of each running service; one whose application has no description keeps the generated one.
    """
    paths, components = dict(document["paths"]), {**document.get("components", {})}
    for service, url in sorted(urls.items()):
        live = _fetched(f"{url}/openapi.json")
        if not live.get("paths") or live.get("info", {}).get("title") == service:
            continue
        live = _prefixed(live, service)
        for path, item in live["paths"].items():
            if path not in paths or paths[path].get("servers", [{}])[0].get("description") == service:
                paths[path] = {"servers": [{"url": url, "description": service}], **item}
        for kind, found in live.get("components", {}).items():
            components[kind] = {**components.get(kind, {}), **found}
    return {**document, "paths": dict(sorted(paths.items())), "components": components}


def _fetched(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
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
    for item in made["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["tags"] = [service, *operation.get("tags", ())]
    return made
