"""What each command does with files: which it reads, which it writes, in which order.

Between the command line, which only translates, and `api`, which only computes.
"""

from __future__ import annotations

from decompose.api import PLAN_FILE, STATE_FOLDER
from decompose.workflow.build import report_extraction_order, report_generation
from decompose.workflow.decide import (
    ReviewSession,
    open_review,
    report_hazards,
    report_plan_difference,
    report_proposal,
)
from decompose.workflow.inputs import Job, open_job
from decompose.workflow.installation import report_installation
from decompose.workflow.keep import TRACE_FILE, record_trace, report_check, report_compatibility
from decompose.workflow.outcome import Outcome, write_file
from decompose.workflow.prove import report_comparison, report_verification
from decompose.workflow.see import Picture, analysis_figures, export, report_analysis, report_explanation

__all__ = [
    "PLAN_FILE",
    "STATE_FOLDER",
    "TRACE_FILE",
    "Job",
    "Outcome",
    "Picture",
    "ReviewSession",
    "analysis_figures",
    "export",
    "open_job",
    "open_review",
    "record_trace",
    "report_analysis",
    "report_check",
    "report_comparison",
    "report_compatibility",
    "report_explanation",
    "report_extraction_order",
    "report_generation",
    "report_hazards",
    "report_installation",
    "report_plan_difference",
    "report_proposal",
    "report_verification",
    "write_file",
]
