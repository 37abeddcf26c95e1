"""One page that needs nothing else: no network, no server, no font, no script from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from decompose import resources
from decompose.errors import RenderError
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.views.pagedata import page_data

LARGEST_PAGE_BYTES = 25_000_000
"""Beyond this no browser opens the file with pleasure."""


def page(
    graph: CodeGraph,
    plan: Plan | None = None,
    *,
    membership: Mapping[str, str] | None = None,
    lines: Mapping[str, Sequence[str]] | None = None,
    other: tuple[Plan, Mapping[str, str]] | None = None,
) -> str:
    """Return the review page as one self-contained HTML document that works from a file, offline.

    Args:
        graph: The system.
        plan: The plan to show and edit; without one the page shows packages and roles.
        membership: Module-level unit to service, as the plan resolves.
        lines: Source lines by path; only those that an edge or finding points to are embedded, secrets masked.
        other: A second plan with its membership, to compare with.

    Raises:
        RenderError: If the page would be larger than `LARGEST_PAGE_BYTES`, or the bundle is not installed.
    """
    content = page_data(graph, plan=plan, membership=membership, lines=lines)
    if other is not None:
        content["other"] = {"plan": other[0].model_dump(mode="json"), "of": dict(sorted(other[1].items()))}
    text = _document(f"{graph.name}: decompose", content, connect="'none'")
    if len(text) > LARGEST_PAGE_BYTES:
        size = len(text) // 1_000_000
        raise RenderError(
            f"the page would be {size} MB",
            hint="leave out folders, or use `decompose review`, which sends parts as needed",
        )
    return text


def shell(name: str) -> str:
    """Return the page without content, as the review server sends it: the content follows once the token is shown."""
    return _document(f"{name}: decompose review", {"remote": True}, connect="'self'")


def as_json(content: Mapping[str, Any]) -> str:
    """Return JSON that can stand inside a script element: no `<`, no line separators that end a script."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def environment() -> jinja2.Environment:
    """Return where the templates of the views are found; all text in them is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.template_root() / "views"),
        autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def _document(title: str, content: Mapping[str, Any], *, connect: str) -> str:
    script, style = _bundle("app.js"), _bundle("app.css")
    policy = (
        f"default-src 'none'; script-src 'sha256-{_sha256(script)}'; style-src 'sha256-{_sha256(style)}'; "
        f"img-src data: blob:; connect-src {connect}; base-uri 'none'; form-action 'none'"
    )
    # What may not be escaped is wrapped here: our own bundle, and JSON without any `<`.
    parts = {"script": script, "style": style, "content": as_json(content)}
    raw = {
        name: Markup(text)  # noqa: S704
        for name, text in parts.items()
    }
    return environment().get_template("page.html.jinja").render(title=title, policy=policy, **raw)


def _bundle(name: str) -> str:
    try:
        return (resources.ui_root() / name).read_text("utf-8")
    except OSError as error:
        raise RenderError(f"the page's `{name}` is not installed", hint="install the package again") from error


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
