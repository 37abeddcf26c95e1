"""The monolith's own web application, served as it is, with the service's routes beside it."""

from __future__ import annotations

import inspect
from typing import Any

from service_runtime import allowlist

OWN_PREFIX = "/_service"
"""Path below which operations, objects and probes stand in a gateway."""


def beside(web: str, own: Any) -> Any:
    """Return an ASGI application that serves the web app, and the service's own routes below `/_service`.

    Args:
        web: `package.module:app`, an ASGI or WSGI application or a function that makes one.
        own: The service's own ASGI application.
    """
    found = allowlist.resolve(web)
    if inspect.isfunction(found):
        found = found()
    app = found if _is_asgi(found) else _from_wsgi(found)

    async def route(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(own, app if _is_asgi(found) else None, scope, receive, send)
        elif scope["path"].startswith(OWN_PREFIX + "/"):
            await own(scope | {"path": scope["path"].removeprefix(OWN_PREFIX)}, receive, send)
        else:
            await app(scope, receive, send)

    return route


def _is_asgi(app: Any) -> bool:
    call = app if inspect.isfunction(app) else type(app).__call__
    return inspect.iscoroutinefunction(call)


def _from_wsgi(app: Any) -> Any:
    from a2wsgi import WSGIMiddleware  # noqa: PLC0415  (only for WSGI applications)

    return WSGIMiddleware(app)


async def _lifespan(own: Any, app: Any, scope: Any, receive: Any, send: Any) -> None:
    """Start and stop the web app inside the start and stop of the service."""
    router = getattr(app, "router", None)
    if router is None or not hasattr(router, "lifespan_context"):
        await own(scope, receive, send)
        return
    async with router.lifespan_context(app):
        await own(scope, receive, send)
