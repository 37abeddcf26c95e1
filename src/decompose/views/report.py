"""Pages of what `verify` and `compare` found: one file each, offline, no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup, escape

from decompose import resources
from decompose.ir.reports import Comparison, Equivalence
from decompose.views import comparison_plots as plots
from decompose.views.comparison_table import aspects, headlines, load_lines, winners

OUTCOMES = {
    "different": "another answer across the services",
    "error": "could not be compared",
    "unreachable": "reaches into code that now lives in another process, so it cannot tell",
    "nondeterministic": "the monolith itself does not repeat it",
    "skipped": "skipped on both sides, or left out",
    "equal": "the same on both sides",
}
"""Outcome to what it means, the worst first."""
VERDICTS = {
    "split": "Split",
    "split partly": "Split partly",
    "stay": "Stay a monolith",
}
_ORDER = tuple(OUTCOMES)


def equivalence_page(found: Equivalence) -> str:
    """Return what verification found as one HTML document that works from a file, offline."""
    groups = [(name, meaning, found.count(name)) for name, meaning in OUTCOMES.items()]  # type: ignore[arg-type]
    checks = sorted(found.checks, key=lambda check: (_ORDER.index(check.outcome), check.kind, check.name))
    equal = [check for check in checks if check.outcome == "equal"]
    told = [check for check in checks if check.outcome != "equal"]
    return _document("equivalence.html.jinja", found=found, groups=groups, told=told, equal=equal)


def comparison_page(found: Comparison) -> str:
    """Return a comparison as one HTML document that works from a file, offline."""
    return _document(
        "comparison.html.jinja",
        found=found,
        verdict=VERDICTS.get(found.verdict, found.verdict),
        winners=winners(found.rows),
        headlines=headlines(found.rows),
        aspects=aspects(found.rows),
        loads=load_lines(found.load),
        latency=[(name, Markup(text)) for name, text in plots.latencies(found)],  # noqa: S704  (our own SVG)
        scaling=[(name, Markup(text)) for name, text in plots.scalings(found)],  # noqa: S704
        deaths=Markup(plots.deaths(found)),  # noqa: S704
        pareto=Markup(plots.pareto(found)),  # noqa: S704
    )


def _document(template: str, **context: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.template_root() / "views"),
        autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["coded"] = _coded
    style = (resources.template_root() / "views" / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    raw: Mapping[str, Any] = {"style": Markup(style), "policy": policy}  # noqa: S704  (our own file)
    return environment.get_template(template).render(**raw, **context)


def _coded(text: str) -> Markup:
    """Return text with what stands in backticks as code."""
    parts = [str(escape(part)) for part in text.split("`")]
    told = [f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)]
    return Markup("".join(told))  # noqa: S704  (every part is escaped)
