"""Equivalence as text: Markdown for people, JUnit XML for CI, JSON for machines; pure functions."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from decompose.ir.codec import encode
from decompose.ir.reports import Check, Equivalence

_ORDER = ("different", "error", "unreachable", "nondeterministic", "skipped", "equal")
_MEANING = {
    "equal": "the same on both sides",
    "different": "another answer across the services",
    "error": "could not be compared",
    "unreachable": "reaches into code that now lives in another process, so it cannot tell",
    "nondeterministic": "the monolith itself does not repeat it",
    "skipped": "skipped on both sides, or left out on request",
}


def to_json(equivalence: Equivalence) -> str:
    """Return the record as JSON text."""
    return encode(equivalence).decode()


def to_junit(equivalence: Equivalence) -> str:
    """Return a JUnit report: one case a check; `different` fails, `error` errs, what says nothing is skipped."""
    checks = equivalence.checks
    suite = ET.Element(
        "testsuite",
        name=f"{equivalence.system} ({equivalence.kind})",
        tests=str(len(checks)),
        failures=str(equivalence.count("different")),
        errors=str(equivalence.count("error")),
        skipped=str(sum(check.outcome in ("unreachable", "nondeterministic", "skipped") for check in checks)),
        time=f"{equivalence.seconds:.3f}",
    )
    for check in checks:
        case = ET.SubElement(
            suite, "testcase", classname=check.kind, name=_clean(check.name), time=f"{check.seconds_services:.3f}"
        )
        tag = {"different": "failure", "error": "error", "equal": ""}.get(check.outcome, "skipped")
        if tag:
            detail = ET.SubElement(case, tag, message=_clean(check.difference or check.outcome))
            detail.text = _clean(f"monolith: {check.monolith}\nservices: {check.services}\nat: {check.evidence}")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def to_markdown(equivalence: Equivalence) -> str:
    """Return a page with the verdict, the counts, and every check that is not simply equal."""
    verdict = "The services answer as the monolith does." if equivalence.is_equivalent else _bad_verdict(equivalence)
    lines = [f"# Equivalence of `{equivalence.system}`", "", verdict, ""]
    lines += [f"- checked: {equivalence.kind}, {len(equivalence.checks)} checks in {equivalence.seconds:.1f} s"]
    lines += [f"- services: {', '.join(f'`{name}`' for name in equivalence.services_started) or 'none'}"]
    lines += [f"- {note}" for note in equivalence.notes]
    lines += ["", "| outcome | checks | meaning |", "| --- | ---: | --- |"]
    lines += [f"| {o} | {equivalence.count(o)} | {_MEANING[o]} |" for o in _ORDER if equivalence.count(o)]  # type: ignore[arg-type]
    for outcome in _ORDER[:-1]:
        found = [check for check in equivalence.checks if check.outcome == outcome]
        if found:
            lines += ["", f"## {outcome.capitalize()}", ""]
            lines += [_entry(check) for check in found]
    return "\n".join(lines) + "\n"


def _bad_verdict(equivalence: Equivalence) -> str:
    wrong = equivalence.count("different") + equivalence.count("error")
    if wrong:
        return f"**Not equivalent**: {wrong} of {len(equivalence.checks)} checks differ or could not be made."
    return "**Nothing was compared**, so nothing is proved."


def _entry(check: Check) -> str:
    where = f" (`{check.evidence}`)" if check.evidence else ""
    text = check.difference or f"{check.monolith} / {check.services}"
    return f"- `{_clean(check.name)}`{where}: {_clean(text)}"


def _clean(text: str) -> str:
    """Return the text without control characters, which neither XML nor a terminal should get."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
