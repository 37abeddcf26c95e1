"""The monolith's own web application, served as it is, with the service's routes beside it."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator
from typing import Any

from service_runtime import allowlist

OWN_PREFIX = "/_service"
"""Path below which operations, objects and probes stand in a gateway."""


class Gateway:
    """An ASGI application: the web app, and the service's own routes below `/_service`.

    Args:
        web: `package.module:app`, an ASGI or WSGI application or a function that makes one.
        own: The service's own ASGI application.
        own_paths: Paths without the prefix that the service's own application answers as well (`/v2`).
    """

    def __init__(self, web: str, own: Any, *, own_paths: tuple[str, ...] = ()) -> None:
        self._own_paths = own_paths
        self._web = web
        self._own = own
        self._app: Any = None
        self._next: Any = None
        self._stack = contextlib.AsyncExitStack()

    @property
    def web_app(self) -> Any:
        """The web application that is served."""
        return self._app

    def load(self) -> None:
        """Import or make the web app."""
        found = allowlist.resolve(self._web)
        if inspect.isfunction(found) and not _is_asgi(found):
            found = found()
        self._next = found if _is_asgi(found) else _from_wsgi(found)

    async def start(self) -> None:
        """Enter the lifespan of the web app that was loaded last, serve it, and leave that of the one before."""
        stack = contextlib.AsyncExitStack()
        context = getattr(getattr(self._next, "router", None), "lifespan_context", None)
        if context is not None:
            await stack.enter_async_context(_entered(context(self._next)))
        self._app, before, self._stack = self._next, self._stack, stack
        await before.aclose()

    async def stop(self) -> None:
        """Leave the web app's own lifespan."""
        await self._stack.aclose()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request to the web app, or to the service's own routes."""
        is_own = (
            scope["type"] == "lifespan" or scope["path"].startswith(OWN_PREFIX + "/") or self._is_ours(scope["path"])
        )
        if is_own and "path" in scope:
            scope = scope | {"path": scope["path"].removeprefix(OWN_PREFIX)}
        if is_own or self._app is None:
            await self._own(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, path: str) -> bool:
        return any(path == own or path.startswith(f"{own}/") for own in self._own_paths)


def _entered(lifespan: Any) -> Any:
    """Return a lifespan as a context manager; Starlette had it as a generator before."""
    return lifespan if hasattr(lifespan, "__aenter__") else _driven(lifespan)


@contextlib.asynccontextmanager
async def _driven(lifespan: Any) -> AsyncIterator[None]:
    if hasattr(lifespan, "__anext__"):
        await anext(lifespan, None)
        yield
        await anext(lifespan, None)
    else:
        next(lifespan, None)
        yield
        next(lifespan, None)


def _is_asgi(app: Any) -> bool:
    call = app if inspect.isfunction(app) else type(app).__call__
    return inspect.iscoroutinefunction(call)


def _from_wsgi(app: Any) -> Any:
    from a2wsgi import WSGIMiddleware  # noqa: PLC0415  (only for WSGI applications)

    return WSGIMiddleware(app)
