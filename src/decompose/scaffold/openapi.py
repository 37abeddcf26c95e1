"""One OpenAPI document for the whole system: the web application's routes as ever, and what the services offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from decompose.ir.graph import Unit
from decompose.ir.symbols import top_level_of
from decompose.scaffold.context import ServiceContext, SystemContext
from decompose.scaffold.jsonschema import schema_of
from decompose.scaffold.messages import MessageModel, Messages
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.territory import Territory

VERSION = "3.1.0"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PROBLEM = {"description": "The call was refused, or the code raised", "content": {"application/json": {"schema": {}}}}


def document(context: SystemContext, territory: Territory, messages: Mapping[str, Messages]) -> dict[str, Any]:
    """Return the document; a path that two services have stands once for each, told apart by a fragment.

    Args:
        context: The system.
        territory: What is known of its code.
        messages: The models of each service's messages.
    """
    paths: dict[str, Any] = {}
    for service in context.services:
        for path, item in _paths(service, territory, messages[service.name]):
            servers = [{"url": f"http://{service.name.replace('_', '-')}:8000", "description": service.name}]
            known = paths.get(path)
            if known is not None and known["servers"] == servers:
                known.update(item)
            else:
                paths[path if known is None else f"{path}#{service.name}"] = {"servers": servers, **item}
    return {
        "openapi": VERSION,
        "info": {"title": context.name, "version": "1.0.0"},
        "tags": [{"name": s.name, "description": s.because or s.kind} for s in context.services],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: schema for s in context.services for name, schema in _models(s.name, messages[s.name])},
            "securitySchemes": {"service": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths(service: ServiceContext, territory: Territory, messages: Messages) -> Iterable[tuple[str, dict[str, Any]]]:
    if service.web:
        yield from _routes(service, territory)
    models = {model.symbol: model for model in messages.messages}
    prefix = service.probe_prefix
    for operation in service.operations:
        yield (
            f"{prefix}/operations/{operation.name}",
            {"post": _operation(service, operation, models[operation.symbol])},
        )
    for probe in ("livez", "readyz"):
        yield f"{prefix}/{probe}", {"get": _simple(service, probe, "Whether the service runs or takes calls")}
    if service.entries:
        yield (
            f"{prefix}/runs",
            {"post": {**_simple(service, "start_run", "Start a job"), "security": [{"service": []}]}},
        )
    for model in service.models:
        yield f"{prefix}/v2/models/{model.name}/infer", {"post": _inference(service, model.name)}


def _routes(service: ServiceContext, territory: Territory) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield the web application's routes as the code declares them."""
    members = set(territory.service_by_name[service.name].members)
    for symbol in sorted(territory.units):
        unit = territory.units[symbol]
        is_route = unit.entry is not None and unit.entry.kind == "route"
        if not is_route or unit.entry is None or top_level_of(symbol) not in members:
            continue
        methods, _, path = unit.entry.detail.partition(" ")
        if path.startswith("/"):
            shown = re.sub(r"<(?:[^<>:]*:)?([^<>]*)>", r"{\1}", re.sub(r"\{(\w+):\w+\}", r"{\1}", path))
            yield (
                shown,
                {
                    method: _route(service, unit, shown, method)
                    for method in sorted(methods.lower().split("/"))
                    if method in _METHODS
                },
            )


def _route(service: ServiceContext, unit: Unit, path: str, method: str) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {}} for name in names]
    found = {**_simple(service, unit.symbol.rpartition(".")[2], unit.doc), "operationId": f"{method} {path}"}
    return {**found, "parameters": parameters} if parameters else found


def _operation(service: ServiceContext, operation: ServedOperation, model: MessageModel) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    arguments = {"$ref": f"#/components/schemas/{service.name}.{model.name}Arguments"}
    body = {"type": "object", "properties": {"args": {"type": "array"}, "arguments": arguments}}
    answer = {"$ref": f"#/components/schemas/{service.name}.{model.name}Reply"}
    return {
        **_simple(service, operation.name, operation.summary or f"Stands for {operation.symbol}"),
        "security": [{"service": []}],
        "requestBody": {
            "content": {"application/json": {"schema": body}, "application/vnd.service.frames": binary}
        },
        "responses": {
            "200": {
                "description": "What the code returns",
                "content": {"application/json": {"schema": answer}, "application/vnd.service.frames": binary},
            },
            "4XX": _PROBLEM,
            "5XX": _PROBLEM,
        },
    }  # fmt: skip


def _models(service: str, messages: Messages) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield the schemas of a service's messages by name."""
    for model in messages.messages:
        arguments: dict[str, Any] = {
            "type": "object",
            "description": model.doc,
            "properties": {f.name: {**schema_of(f.type), "description": f.doc} for f in model.fields},
            "additionalProperties": model.is_open,
        }
        required = [field.name for field in model.fields if field.is_required]
        yield f"{service}.{model.name}Arguments", arguments | ({"required": required} if required else {})
        result = {**schema_of(model.result.type), "description": model.result.doc}
        yield f"{service}.{model.name}Reply", {"type": "object", "properties": {"result": result}}


def _inference(service: ServiceContext, name: str) -> dict[str, Any]:
    tensor = {
        "type": "object",
        "required": ["name", "datatype", "shape"],
        "properties": {
            "name": {"type": "string"},
            "datatype": {"type": "string"},
            "shape": {"type": "array", "items": {"type": "integer"}},
            "data": {"type": "array"},
        },
    }
    body = {"type": "object", "required": ["inputs"], "properties": {"inputs": {"type": "array", "items": tensor}}}
    return {
        **_simple(service, f"infer_{name}", "Open Inference Protocol v2"),
        "requestBody": {"content": {"application/json": {"schema": body}}},
    }


def _simple(service: ServiceContext, name: str, summary: str) -> dict[str, Any]:
    found = {"tags": [service.name], "operationId": f"{service.name}.{name}", "summary": summary}
    return {**found, "responses": {"200": {"description": "Done"}}}
