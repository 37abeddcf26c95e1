"""Prints the table of the corpus at the end of a run that touched it."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write precision and recall by category."""
    ran = any(
        "cases/test_cases.py" in report.nodeid
        for key in ("passed", "failed")
        for report in terminalreporter.stats.get(key, ())
    )
    if not ran:
        return
    from .analysis import outcomes  # noqa: PLC0415  (only when the corpus ran)
    from .corpus import table  # noqa: PLC0415

    found = outcomes()
    terminalreporter.section("call-graph cases")
    terminalreporter.write_line(table(found.values()))
    inexact = [outcome for _, outcome in sorted(found.items()) if not outcome.is_exact]
    if inexact and terminalreporter.config.get_verbosity() > 0:
        terminalreporter.write_line("\n".join(str(outcome) for outcome in inexact))
