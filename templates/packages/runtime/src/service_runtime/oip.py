"""The Open Inference Protocol v2 on a service: health, metadata and inference, for any client that speaks it."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from service_runtime.oip_models import Model, infer_function, infer_route, signature
from service_runtime.oip_tensors import HEADER, TensorError, read_request, write_answer

if TYPE_CHECKING:
    from service_runtime.server import Host

Answer = Callable[[Request, Model], Awaitable[Response]]


def add_protocol(app: Starlette, host: Host) -> None:
    """Add the routes of the protocol for the service's models."""
    models = {model.name: model for model in host.service.models}

    def about(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            model = models.get(request.path_params["model"])
            version = request.path_params.get("version", _version(host))
            if model is None or version != _version(host):
                return _failed(404, "no such model or version; GET /v2 names the models")
            return await answer(request, model)

        return handle

    async def server(request: Request) -> Response:
        content = {"name": host.service.name, "version": "1", "extensions": ["binary_tensor_data"]}
        return _json({**content, "parameters": {"models": sorted(models)}})

    async def live(request: Request) -> Response:
        return _json({"live": True})

    async def ready(request: Request) -> Response:
        return _json({"ready": host.is_ready}, 200 if host.is_ready else 503)

    async def model_ready(request: Request, model: Model) -> Response:
        return _json({"name": model.name, "ready": host.is_ready}, 200 if host.is_ready else 503)

    async def metadata(request: Request, model: Model) -> Response:
        inputs, outputs = signature(model, _web(host))
        content = {"name": model.name, "versions": [_version(host)], "platform": "python"}
        return _json({**content, "inputs": inputs, "outputs": outputs})

    async def infer(request: Request, model: Model) -> Response:
        return await _infer(request, model, host)

    for path in ("/v2", "/v2/"):
        app.add_route(path, server, methods=["GET"])
    app.add_route("/v2/health/live", live, methods=["GET"])
    app.add_route("/v2/health/ready", ready, methods=["GET"])
    for base in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        app.add_route(base, about(metadata), methods=["GET"])
        app.add_route(f"{base}/ready", about(model_ready), methods=["GET"])
        app.add_route(f"{base}/infer", about(infer), methods=["POST"])


async def _infer(request: Request, model: Model, host: Host) -> Response:
    """Answer an inference request; a function may be asked by whoever may call it, a route by everybody."""
    if not host.is_ready:
        return _failed(503, "the service is not ready")
    from service_runtime.server import read_body  # noqa: PLC0415  (the server adds these routes)

    try:
        if model.symbol:
            host.admit(request, model.symbol)
        body = await read_body(request.receive, int(request.headers.get("content-length") or 0))
        if body is None:
            return _failed(413, "the request is too large")
        asked = read_request(body, request.headers.get(HEADER, ""))
        if model.symbol:
            run = contextvars.copy_context().run
            outputs = await asyncio.to_thread(run, infer_function, model, asked.inputs)
        else:
            outputs = await infer_route(model, asked.inputs, _web(host))
    except PermissionError as error:
        return _failed(403, str(error))
    except TensorError as error:
        return _failed(400, str(error))
    except Exception as error:  # noqa: BLE001  (whatever the model raises is the answer)
        return _failed(500, f"{type(error).__name__}: {error}")
    message = {"model_name": model.name, "model_version": _version(host), "id": asked.id}
    content, header_length = write_answer(message, outputs, asked)
    if not header_length:
        return Response(content, media_type="application/json")
    return Response(content, media_type="application/octet-stream", headers={HEADER: str(header_length)})


def _web(host: Host) -> Any:
    return host.gateway.web_app if host.gateway is not None else None


def _version(host: Host) -> str:
    """Return the versions of the artifacts that are served, as one word; `1` where none is versioned."""
    served = host.handover.served.values() if host.handover is not None else ()
    return ".".join(map(str, served)) or "1"


def _failed(status: int, text: str) -> Response:
    return _json({"error": text}, status)


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
