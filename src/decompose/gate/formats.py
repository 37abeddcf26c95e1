"""The gate's answer for people and for machines: text, github, sarif, junit, json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from decompose.errors import RenderError
from decompose.gate.contracts import CHECKS, CODES
from decompose.ir.plaintext import one_line
from decompose.ir.violations import Contract, Violation, Violations

MOST_ANNOTATIONS = 10
"""Annotations of one level that GitHub shows for a step."""
MOST_RESULTS = 5000
"""Results of a SARIF file that GitHub shows."""
_EXTRA = {
    "no_new_edges": "No dependency crosses services that did not when the baseline was taken.",
    "compatible": "What a generation offered is still offered, to the same arguments and with the same answers.",
    "ignores": "Every reasoned exception of the baseline still matches something.",
}


def render(result: Violations, format: str) -> str:
    """Return the answer in one format.

    Raises:
        RenderError: If there is no such format.
    """
    if format not in FORMATS:
        raise RenderError(f"no report format `{format}`", hint=f"one of {', '.join(FORMATS)}")
    return FORMATS[format](result)


def text(result: Violations) -> str:
    """Return one paragraph a violation, its places, and a last line with the count."""
    out: list[str] = []
    fresh = [violation for violation in result.violations if not violation.is_accepted]
    for violation in fresh:
        head = f"{_where(violation)}{violation.code} {violation.level} [{violation.contract}] {violation.message}"
        places = [
            f"    {site.path}:{site.line}{f'  {site.text}' if site.text else ''}" for site in violation.sites[1:4]
        ]
        hints = [f"    hint: {violation.hint}"] if violation.hint else []
        out += map(one_line, (head, *places, *hints))
    accepted = len(result.violations) - len(fresh)
    errors = sum(violation.level == "error" for violation in fresh)
    kept = f"; {accepted} accepted by the baseline" if accepted else ""
    stale = f"; {len(result.stale)} entries of the baseline match nothing any more" if result.stale else ""
    subject = "contracts" if _compares_generations(result) else "boundaries"
    verdict = f"the {subject} hold" if result.is_clean else f"the {subject} do not hold: {errors} violated"
    warnings = f", {len(fresh) - errors} warnings" if len(fresh) > errors else ""
    return "\n".join([*out, f"{one_line(result.system)}: {verdict}{warnings}{kept}{stale}", ""])


def github(result: Violations) -> str:
    """Return workflow commands that annotate the lines; worst first, and a count of what GitHub would not show."""
    out: list[str] = []
    shown = {"error": 0, "warning": 0, "note": 0}
    fresh = [violation for violation in result.violations if not violation.is_accepted]
    for violation in fresh:
        shown[violation.level] += 1
        if shown[violation.level] > MOST_ANNOTATIONS:
            continue
        site = violation.sites[0] if violation.sites else None
        place = f"file={_property(site.path)},line={site.line}," if site else ""
        command = {"error": "error", "warning": "warning", "note": "notice"}[violation.level]
        title = _property(f"{violation.code} {violation.contract}")
        out.append(f"::{command} {place}title={title}::{_message(f'{violation.message} ({violation.hint})')}")
    left = sum(max(0, count - MOST_ANNOTATIONS) for count in shown.values())
    if left:
        out.append(f"::notice title=decompose::{left} more violations are not annotated; see the log or the SARIF file")
    return "\n".join([*out, text(result)])


def sarif(result: Violations) -> str:
    """Return SARIF 2.1.0 with stable rule names and fingerprints, so that an alert is the same one in the next run."""
    rules = [{"id": CODES[name], "name": name, "shortDescription": {"text": _about(name)}} for name in CODES]
    index = {code: number for number, code in enumerate(CODES.values())}
    run = {
        "tool": {"driver": {"name": "decompose", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(violation, index) for violation in result.violations[:MOST_RESULTS]],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def junit(result: Violations) -> str:
    """Return one test case a contract, failed by each violation that is not accepted."""
    cases = []
    failed = 0
    for name in CODES:
        broken = [v for v in result.violations if v.contract == name and not v.is_accepted and v.level == "error"]
        failed += bool(broken)
        body = "\n".join(f"{_where(v)}{v.message}\n  {v.hint}" for v in broken)
        inner = (
            f"<failure message={quoteattr(f'{len(broken)} violated')}>{escape(_xml(body))}</failure>" if broken else ""
        )
        cases.append(f'<testcase classname="decompose.check" name="{name}">{inner}</testcase>')
    head = f'<testsuite name="decompose check" tests="{len(cases)}" failures="{failed}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>", ""])


def as_json(result: Violations) -> str:
    """Return the record itself, with the answer beside it."""
    fields = msgspec.to_builtins(result)
    return json.dumps({"is_clean": result.is_clean, **fields}, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Violations], str]] = {
    "text": text,
    "github": github,
    "sarif": sarif,
    "junit": junit,
    "json": as_json,
}


def _sarif_result(violation: Violation, index: Mapping[str, int]) -> dict[str, Any]:
    locations = [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(site.path), "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": max(1, site.line), "startColumn": site.column + 1},
            }
        }
        for site in violation.sites[:10]
    ]
    result: dict[str, Any] = {
        "ruleId": violation.code,
        "ruleIndex": index[violation.code],
        "level": violation.level,
        "message": {"text": f"{violation.message}. {violation.hint}"},
        "locations": locations[:1],
        "partialFingerprints": {"decompose/v1": violation.fingerprint},
    }
    if locations[1:]:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(locations[1:], 1)]
    if violation.is_accepted:
        why = violation.reason or "accepted by the baseline"
        result["suppressions"] = [{"kind": "external", "justification": why}]
    return result


def _compares_generations(result: Violations) -> bool:
    """Return whether the answer is about the contracts of two generations and not about the boundaries of a plan."""
    return result.checked.keys() == {"compatible"}


def _about(contract: Contract) -> str:
    """Return the sentence that says what a contract demands: the first line of its check."""
    return _EXTRA.get(contract) or (CHECKS[contract].__doc__ or "").splitlines()[0]


def _where(violation: Violation) -> str:
    return f"{violation.sites[0].path}:{violation.sites[0].line}: " if violation.sites else ""


def _uri(path: str) -> str:
    safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
    return "".join(chr(byte) if chr(byte) in safe else f"%{byte:02X}" for byte in path.encode())


def _message(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _message(value).replace(":", "%3A").replace(",", "%2C")


def _xml(value: str) -> str:
    return "".join(c for c in value if c in "\t\n" or (0x20 <= ord(c) < 0xFFFE and not 0xD800 <= ord(c) < 0xE000))
