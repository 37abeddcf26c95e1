"""The drift report for people."""

from churn.utils import read_json

_MARKS = {"ok": " ", "warning": "!", "alert": "!!"}


def format_drift(report):
    """Return a drift report as lines of text, the largest shift first."""
    lines = [f"drift: {report.level}"]
    for entry in report.columns:
        lines.append(f"  {_MARKS[entry.level]:<2} {entry.column:<18} {entry.psi:.3f}")
    return "\n".join(lines)


def summarise(path):
    """Return level and moved columns of a report on disk."""
    content = read_json(path)
    moved = [entry["column"] for entry in content["columns"] if entry["level"] != "ok"]
    return {"level": content["level"], "moved": moved}
