"""The verbs as functions: each chains its stages; the only package that knows them all.

Stages are imported inside the functions, so that `import decompose` and `decompose --help` stay quick
(libcst and networkx cost 130 ms each to import).
"""

from __future__ import annotations

from decompose.api.build import generate, generate_all, write_tree
from decompose.api.decide import (
    blueprint,
    boundaries,
    check_members,
    check_rules,
    extraction_order,
    hazards,
    membership,
    plan_changes,
    proposal,
    propose,
    propose_all,
    read_plan,
    write_plan,
)
from decompose.api.keep import check, compatibility
from decompose.api.places import (
    JOURNAL_FILE,
    PLAN_FILE,
    STATE_FOLDER,
    TRACE_FILE,
    Progress,
    common_root,
    find_trace,
)
from decompose.api.prove import compare, record_trace, render_comparison, render_equivalence, verify
from decompose.api.see import analyze, callgraph, choose_findings, read_lines, read_notebooks, read_sources
from decompose.api.show import (
    display,
    drawing_program,
    explanation,
    export,
    findings_text,
    page,
    page_data,
    schema,
    serve_review,
    summary,
)
from decompose.api.spread import open_executor

__all__ = [
    "JOURNAL_FILE",
    "PLAN_FILE",
    "STATE_FOLDER",
    "TRACE_FILE",
    "Progress",
    "analyze",
    "blueprint",
    "boundaries",
    "callgraph",
    "check",
    "check_members",
    "check_rules",
    "choose_findings",
    "common_root",
    "compare",
    "compatibility",
    "display",
    "drawing_program",
    "explanation",
    "export",
    "extraction_order",
    "find_trace",
    "findings_text",
    "generate",
    "generate_all",
    "hazards",
    "membership",
    "open_executor",
    "page",
    "page_data",
    "plan_changes",
    "proposal",
    "propose",
    "propose_all",
    "read_lines",
    "read_notebooks",
    "read_plan",
    "read_sources",
    "record_trace",
    "render_comparison",
    "render_equivalence",
    "schema",
    "serve_review",
    "summary",
    "verify",
    "write_plan",
    "write_tree",
]
