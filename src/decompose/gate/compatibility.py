"""Two generations of the same system: what a caller of the old one can no longer rely on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from decompose.gate.contracts import CODES, fingerprint
from decompose.ir.contracts import Offer, OfferedOperation, OfferedParameter
from decompose.ir.findings import Level
from decompose.ir.graph import Site
from decompose.ir.violations import Violation, Violations

_ANYTHING = frozenset({"", "object", "Any", "typing.Any"})
_WIDER = {"int": "float", "bool": "int"}
"""What a type may be given for, by the numeric tower."""


def compare_offers(old: Offer, new: Offer) -> Violations:
    """Return what breaks a caller of the old generation; what only gets wider is none.

    A break of what another service calls is an error, of what only tests and programs call a warning.
    """
    now = {operation.symbol: operation for operation in new.operations}
    found = [violation for operation in old.operations for violation in _breaks(operation, now.get(operation.symbol))]
    ranked = sorted(found, key=lambda v: (v.level != "error", v.sites, v.source, v.message))
    return Violations(system=new.system, violations=tuple(ranked), checked={"compatible": len(old.operations)})


def _breaks(old: OfferedOperation, new: OfferedOperation | None) -> Iterator[Violation]:
    if new is None:
        yield _violation(old, old, "removed", "is no longer offered", "keep it, or change its callers first")
        return
    if old.service != new.service:
        text = f"moved from `{old.service}` to `{new.service}`"
        yield _violation(old, new, "moved", text, "deploy the callers that were generated with it together")
    yield from _parameter_breaks(old, new)
    if not _accepts(old.result, new.result):
        text = f"returns `{new.result or 'anything'}` and no longer `{old.result}`"
        yield _violation(old, new, "result", text, "offer the new answer under a new name")
    for error in sorted(set(new.raises) - set(old.raises)):
        text = f"raises `{error}`, which callers have not met"
        yield _violation(old, new, f"raises {error}", text, "see that its callers let it pass or handle it", "warning")


def _parameter_breaks(old: OfferedOperation, new: OfferedOperation) -> Iterator[Violation]:
    before, after = {p.name: p for p in old.parameters}, {p.name: p for p in new.parameters}
    takes_any = any(p.kind == "var_keyword" for p in new.parameters)
    renamed = _renamed(old, new)
    for name, parameter in before.items():
        if name in renamed:
            text = f"calls its parameter `{name}` now `{renamed[name]}`"
            yield _violation(old, new, f"renamed {name}", text, f"keep the name `{name}`")
        elif name not in after:
            if not takes_any or parameter.kind.startswith("var_"):
                text = f"no longer takes `{name}`"
                yield _violation(old, new, f"parameter {name}", text, "keep it, with no effect if need be")
        else:
            yield from _changes(old, new, parameter, after[name])
    for name, parameter in after.items():
        if name not in before and name not in renamed.values() and parameter.is_required:
            text = f"wants `{name}`, which callers do not give"
            yield _violation(old, new, f"required {name}", text, "give it a default")
    order = [p.name for p in old.parameters if p.kind.startswith("positional") and p.name in after]
    if order != [p.name for p in new.parameters if p.name in order][: len(order)] or _is_pushed(old, new):
        yield _violation(old, new, "order", "takes its parameters in another order", "add new ones at the end")


def _changes(
    old: OfferedOperation, new: OfferedOperation, before: OfferedParameter, after: OfferedParameter
) -> Iterator[Violation]:
    name = before.name
    if after.is_required and not before.is_required:
        yield _violation(old, new, f"required {name}", f"wants `{name}`, which had a default", "give it a default")
    if after.kind not in (before.kind, "positional"):
        text = f"takes `{name}` as {_told(after.kind)} and no longer as {_told(before.kind)}"
        yield _violation(old, new, f"kind {name}", text, "take it as before")
    if not _accepts(after.type, before.type):
        text = f"takes `{after.type}` for `{name}` and no longer `{before.type or 'anything'}`"
        yield _violation(old, new, f"type {name}", text, "take what it took before, too")


def _renamed(old: OfferedOperation, new: OfferedOperation) -> dict[str, str]:
    """Return new names by old: parameters at one place, alike but for a name that the other side does not have."""
    before, after = {p.name for p in old.parameters}, {p.name for p in new.parameters}
    pairs = zip(old.parameters, new.parameters, strict=False)
    return {
        a.name: b.name
        for a, b in pairs
        if a.name not in after and b.name not in before and (a.kind, a.type) == (b.kind, b.type)
        and (a.is_required or not b.is_required)
    }  # fmt: skip


def _is_pushed(old: OfferedOperation, new: OfferedOperation) -> bool:
    """Return whether a new positional parameter stands before an old one."""
    before = {p.name for p in old.parameters} | set(_renamed(old, new).values())
    places = [p.name in before for p in new.parameters if p.kind in ("positional", "positional_only")]
    return sorted(places, reverse=True) != places


def _accepts(wide: str, narrow: str) -> bool:
    """Return whether every value of one annotation is one of the other; types that nobody wrote down may be anything."""
    if wide in _ANYTHING:
        return True
    if narrow in _ANYTHING:
        return False
    return all(_fits(member, _members(wide)) for member in _members(narrow))


def _fits(member: str, allowed: frozenset[str]) -> bool:
    while member not in allowed and member in _WIDER:
        member = _WIDER[member]
    return member in allowed


def _members(annotation: str) -> frozenset[str]:
    """Return the alternatives of an annotation, as text that is the same for spellings that mean the same."""
    try:
        return frozenset(_alternatives(ast.parse(annotation.strip("\"'"), mode="eval").body))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset({annotation})


def _alternatives(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
        return
    name = ast.unparse(node.value).rpartition(".")[2] if isinstance(node, ast.Subscript) else ""
    if isinstance(node, ast.Subscript) and name in ("Optional", "Union"):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in inner:
            yield from _alternatives(part)
        if name == "Optional":
            yield "None"
        return
    yield ast.unparse(node)


def _told(kind: str) -> str:
    return {"positional": "any argument", "keyword_only": "a keyword alone", "positional_only": "a position alone"}.get(
        kind, "the rest"
    )


def _violation(
    old: OfferedOperation, new: OfferedOperation, what: str, text: str, hint: str, level: Level | None = None
) -> Violation:
    by = f" (called by {', '.join(f'`{name}`' for name in old.callers)})" if old.callers else ""
    return Violation(
        contract="compatible",
        code=CODES["compatible"],
        level=level or ("error" if old.callers else "warning"),
        source=old.symbol,
        target="",
        message=f"`{old.symbol}` of `{old.service}` {text}{by}",
        hint=hint,
        fingerprint=fingerprint("compatible", old.symbol, what),
        from_service=old.service,
        to_service=new.service,
        sites=(Site(new.span.path, new.span.line),),
    )
