"""Any record -> picture, page, table or text."""

from __future__ import annotations

from decompose.views.dot import dot_source, render
from decompose.views.explain import explanation
from decompose.views.export import FORMATS, export
from decompose.views.html import page
from decompose.views.markdown import markdown
from decompose.views.mermaid import mermaid
from decompose.views.metrics import measure
from decompose.views.notebook import display
from decompose.views.pagedata import page_data
from decompose.views.server import Desk, ReviewServer, serve
from decompose.views.text import findings, plan_summary, plan_tree, summary

__all__ = [
    "FORMATS",
    "Desk",
    "ReviewServer",
    "display",
    "dot_source",
    "explanation",
    "export",
    "findings",
    "markdown",
    "measure",
    "mermaid",
    "page",
    "page_data",
    "plan_summary",
    "plan_tree",
    "render",
    "serve",
    "summary",
]
