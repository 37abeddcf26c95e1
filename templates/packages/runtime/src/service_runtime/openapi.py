"""The OpenAPI document of a service, from its operations and the models of their messages."""

from __future__ import annotations

from typing import Any

from service_runtime.messages import Message
from service_runtime.operations import Operation
from service_runtime.schema import HAS_MODELS
from service_runtime.service import Service
from service_runtime.wire import FRAMES, JSON, STREAM

_REFUSALS = {
    "401": "the token is missing, forged, out of date or meant for another service",
    "403": "no edge of the plan lets this caller in",
    "413": "the message is larger than allowed",
    "422": "the message is not what the contract says",
    "500": "the operation raised; the body holds the exception",
    "503": "too many calls are under way, or the service is not ready",
    "504": "the deadline has passed",
}
_LAYOUT = (
    "Arrays and frames as raw parts: `SVC1`, length of the header (u32, little-endian), the header "
    '`{"message", "parts"}` in JSON, then each part at a multiple of 64 bytes.'
)


def document(service: Service) -> dict[str, Any]:
    """Return the document: every operation with its request, reply, callers and refusals."""
    models = [
        (model, "validation")
        for symbol in sorted(service.messages)
        for model in (service.messages[symbol].arguments, service.messages[symbol].reply)
    ]
    found, schemas = _schemas(models)
    paths = {
        f"/operations/{operation.name}": {"post": _operation(operation, service.messages.get(operation.symbol), found)}
        for operation in service.operations
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": service.name, "version": "1.0.0"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _schemas(models: list[Any]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return a reference by model and the schemas by name; without pydantic 2, only `openapi.json` has them."""
    if not HAS_MODELS:
        return {model: {"type": "object"} for model, _ in models}, {}
    from pydantic.json_schema import models_json_schema  # noqa: PLC0415  (as above)

    references, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")
    return {model: reference for (model, _), reference in references.items()}, schemas.get("$defs", {})


def _operation(operation: Operation, message: Message | None, references: dict[Any, Any]) -> dict[str, Any]:
    arguments = references[message.arguments] if message is not None else {"type": "object"}
    reply = references[message.reply] if message is not None else {"type": "object"}
    request = {"type": "object", "properties": {"arguments": arguments, "args": {"type": "array"}}}
    return {
        "operationId": operation.name,
        "summary": operation.summary or f"Stands for `{operation.symbol}`",
        "description": f"`{operation.symbol}`, {operation.origin}",
        "x-callers": list(operation.callers),
        "x-idempotent": operation.is_idempotent,
        "requestBody": {"required": True, "content": _content(request)},
        "responses": {
            "200": {"description": "what the operation returns", "content": _content(reply, is_reply=True)},
            **{status: {"description": why} for status, why in _REFUSALS.items()},
        },
    }


def _content(schema: dict[str, Any], *, is_reply: bool = False) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary", "description": _LAYOUT}}
    return {JSON: {"schema": schema}, FRAMES: binary} | ({STREAM: binary} if is_reply else {})
