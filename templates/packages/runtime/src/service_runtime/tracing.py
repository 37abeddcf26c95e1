"""Trace context (W3C `traceparent`) on every call, and spans where OpenTelemetry is installed."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from typing import Any

from service_runtime import context

_PARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_HAS_SPANS = bool(os.environ.keys() & {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_EXPORTER"})
"""Whether somebody takes spans: then OpenTelemetry is installed and set up (`opentelemetry-instrument`)."""
_NO_SPAN = contextlib.nullcontext()


def header() -> str:
    """Return the `traceparent` of a call that starts here: the request's trace, a new span."""
    if not re.fullmatch(r"[0-9a-f]{32}", context.request_id.get()):
        context.request_id.set(context.new_request_id())
    return f"00-{context.request_id.get()}-{secrets.token_hex(8)}-01"


def adopt(headers: Mapping[str, str]) -> None:
    """Make the caller's trace the trace of this request."""
    found = _PARENT.match(headers.get("traceparent", ""))
    known = found.group(1) if found else headers.get("x-request-id") or context.request_id.get()
    context.request_id.set(known or context.new_request_id())


def span(name: str, headers: Mapping[str, str]) -> contextlib.AbstractContextManager[Any]:
    """Record the time inside as a span of the caller's trace, when somebody takes spans."""
    if not _HAS_SPANS:
        return _NO_SPAN
    from opentelemetry import trace  # noqa: PLC0415  (optional)
    from opentelemetry.propagate import extract  # noqa: PLC0415

    tracer = trace.get_tracer("service_runtime")
    parent = extract(dict(headers))
    made: contextlib.AbstractContextManager[Any] = tracer.start_as_current_span(
        name, context=parent, kind=trace.SpanKind.SERVER
    )
    return made
