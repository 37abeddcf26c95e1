"""What is asked of both systems while they are measured: given by the user, or drafted from the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from decompose.ir.graph import CodeGraph, Record, Unit
from decompose.parity.load import Request

_WEB = re.compile(r'^    web="([\w.]+:[\w.]+)",$', re.MULTILINE)
_PLAIN_ROUTE = re.compile(r"GET (/[^{}<>]*)")


class Roll(Record):
    """How the model is rolled forward and back."""

    forward: tuple[str, ...]
    """Command, run in the working folder of the system, after which the new model should answer."""
    back: tuple[str, ...]
    """Command after which the old one should answer again."""
    probe: Request
    """Request whose answer tells the two models apart."""
    rate_per_s: float = 10.0
    """Load meanwhile."""
    patience_s: float = 5.0
    """How long a changed answer is waited for."""


class Workload(Record):
    """What is asked of both systems."""

    serve: tuple[str, ...]
    """The user's command that starts the web application; `{port}` stands for the port."""
    requests: tuple[Request, ...]
    prepare: tuple[str, ...] = ()
    """Command that is run first on both sides, such as the training."""
    ready_path: str = "/"
    service: str = ""
    """Service that answers on the side of the services; empty when the application stays outside and calls them."""
    roll: Roll | None = None
    fractions: tuple[float, ...] = (0.2, 0.5, 0.8)
    """Loads, as shares of the smaller capacity."""
    runs: int = 5
    """Interleaved runs at each load."""
    seconds: float = 3.0
    """Length of one run."""


def draft(out: Path, graph: CodeGraph) -> Workload | None:
    """Return a workload of the pages that need no parameters, served by the gateway; `None` when there is no such page.

    Args:
        out: Generated workspace; its gateways name the web application.
        graph: The monolith.
    """
    for file in sorted((out / "services").glob("*/app.py")):
        found = _WEB.search(file.read_text("utf-8"))
        if found is None:
            continue
        module = found[1].partition(":")[0]
        units = [unit for unit in graph.units if unit.module == module]
        requests = tuple(_requests(units)) or tuple(_requests(graph.units))
        if requests:
            serve = _serve_command(found[1], units or graph.units)
            return Workload(serve=serve, requests=requests, service=file.parent.name, ready_path=requests[0].path)
    return None


def _requests(units: Iterable[Unit]) -> Iterator[Request]:
    """Yield a request to every route that is read without parameters in its path."""
    for unit in units:
        route = _PLAIN_ROUTE.fullmatch(unit.entry.detail) if unit.entry is not None else None
        if unit.entry is not None and unit.entry.kind in ("route", "page") and route is not None:
            yield Request(entry=unit.symbol, path=route[1])


def _serve_command(web: str, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the command that serves `package.module:app`, an application or a function that makes one."""
    frameworks = {unit.entry.framework for unit in units if unit.entry is not None}
    if "flask" in frameworks:
        return ("python", "-m", "flask", "--app", web, "run", "--port", "{port}")
    is_factory = any(unit.symbol == web for unit in units)
    return ("python", "-m", "uvicorn", *(("--factory",) if is_factory else ()), web, "--port", "{port}", *_QUIET)


_QUIET = ("--log-level", "warning", "--no-access-log")
