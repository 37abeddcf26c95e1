"""Every call site of the tree, accounted for."""

from __future__ import annotations

from typing import Any

from decompose.graph.objects import BOUND, CLASS, FUNCTION, Bound, Frame, Function
from decompose.ir import facts as f
from decompose.ir.facts import Node
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CallCoverage


def coverage_of(solver: Any) -> tuple[CallCoverage, list[Finding]]:
    """Return how many call sites are resolved, external and unresolved by cause, and findings about them."""
    callees: dict[int, set[int]] = {}
    frames: dict[int, Frame] = {}
    for frame in solver.frames:
        for key, record in frame.calls.items():
            callees.setdefault(key, set()).update(record.callees)
            frames.setdefault(key, frame)
    own = {
        (frame.module.facts.path, edge[1])
        for frame in solver.frames
        for edge in frame.edges
        if not isinstance(edge[0], str)
    }
    total = resolved = external = 0
    causes: dict[str, int] = {}
    for info in solver.modules.infos:
        for node in solver.calls_of(info):
            total += 1
            found = callees.get(id(node))
            if found and any(_is_own(solver, item) for item in found):
                resolved += 1
            elif found:
                external += 1
            elif (info.facts.path, node[1]) in own:
                resolved += 1
            else:
                cause = _cause(solver, node, frames.get(id(node)))
                causes[cause] = causes.get(cause, 0) + 1
    unresolved = sum(causes.values())
    coverage = CallCoverage(
        total=total, resolved=resolved, external=external, unresolved=unresolved, causes=dict(sorted(causes.items()))
    )
    findings = []
    if unresolved:
        message = f"{unresolved} of {total} call sites are not resolved: " + ", ".join(
            f"{count} {cause}" for cause, count in sorted(causes.items(), key=lambda c: (-c[1], c[0]))
        )
        findings.append(Finding("DC201", "note", Span("."), message))
    return coverage, findings


def calls_in(scope: Any) -> list[Node]:
    """Return the call trees of a scope, its decorators, bases and defaults included."""
    stack: list[Any] = [scope.body, scope.decorators, scope.bases, scope.keywords]
    stack += [p.default for p in scope.parameters if p.default is not None]
    found = []
    while stack:
        item = stack.pop()
        if len(item) == 6 and item[0] == f.CALL:
            found.append(item)
        for part in item:
            # names and constants, half of all trees, are two items of which neither is a tree
            if type(part) is list and part and (len(part) > 2 or type(part[-1]) is list or type(part[0]) is list):
                stack.append(part)
    return found


def _is_own(solver: Any, item: int) -> bool:
    made = solver.objects[item]
    if made.kind in (FUNCTION, CLASS):
        return True
    if made.kind == BOUND:
        assert isinstance(made, Bound)
        return isinstance(solver.objects[made.function], Function)
    return made.kind in (3, 12)


def _cause(solver: Any, node: Node, frame: Frame | None) -> str:
    if frame is None:
        return "never run: dead branch or definition"
    function = node[2]
    if function[0] == f.NAME:
        name = function[1]
        if any(p.name == name for p in frame.scope.parameters):
            return "callable parameter without known callers"
        return "name without a known value"
    if function[0] == f.ATTR:
        base = function[1]
        while base[0] in (f.ATTR, f.CALL, f.SUB):
            if base[0] == f.ATTR and base[1][0] == f.NAME and base[1][1] in ("self", "cls"):
                return "method of an attribute without a known type"
            base = base[2] if base[0] == f.CALL else base[1]
        if base[0] == f.NAME and any(p.name == base[1] for p in frame.scope.parameters):
            return "method of a parameter without a known type"
        if base[0] == f.NAME and base[1] in ("self", "cls"):
            return "attribute that the class does not define"
        return "method of a value without a known type"
    if function[0] == f.CALL:
        return "result of a call that is not resolved"
    if function[0] == f.SUB:
        return "element of a container without known content"
    return "computed callee"
