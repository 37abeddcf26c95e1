"""Look-ups about web applications: what makes one, and what lets it answer."""

from __future__ import annotations

from decompose.ir.graph import CodeGraph
from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of

WEB_APPLICATIONS = frozenset((
    "aiohttp.web.Application", "connexion.App", "connexion.FlaskApp", "fastapi.FastAPI", "fastapi.applications.FastAPI",
    "flask.Flask", "flask.app.Flask", "litestar.Litestar", "quart.Quart", "robyn.Robyn", "sanic.Sanic",
    "starlette.applications.Starlette", "tornado.web.Application",
))  # fmt: skip
"""Classes of applications that answer requests."""
WEB_SERVERS = ("aiohttp.web.run_app", "cheroot", "eventlet.wsgi", "gevent.pywsgi", "granian", "gunicorn", "hypercorn",
    "uvicorn", "waitress", "werkzeug.serving", "wsgiref.simple_server")  # fmt: skip
"""What lets an application answer: modules and functions."""


def only_building(graph: CodeGraph) -> frozenset[str]:
    """Return the scripts that make an application in a function, for no other module, and let it answer nobody.

    Such a script prints the description of an application, or tests it.
    """
    called: dict[str, list[tuple[str, str]]] = {}
    used: set[str] = set()
    kinds = {module.name: module.kind for module in graph.modules}
    for edge in graph.edges:
        source, target = module_of(edge.source), module_of(edge.target)
        if edge.kind == "call" and edge.target.startswith("external:"):
            called.setdefault(source, []).append((edge.source, edge.target.removeprefix("external:")))
        elif edge.kind in ("call", "import") and source != target and kinds.get(source, "test") != "test":
            used.add(target)
    found = set()
    for module, calls in called.items():
        makers = {qualname_of(source) for source, target in calls if target in WEB_APPLICATIONS}
        serves = any(t.startswith(WEB_SERVERS) or t.removesuffix(".run") in WEB_APPLICATIONS - {t} for _, t in calls)
        if kinds.get(module) == "script" and makers and MODULE_BODY not in makers and not serves:
            found.add(module)
    return frozenset(found - used)
