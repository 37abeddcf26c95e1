"""Which mappings a call can spread (`make(**section)`): a key that the callee does not take would raise."""

from __future__ import annotations

from typing import Any

from decompose.graph.objects import ANY, Bound, Box, Class, Function, Object, Values

MAX_SECTIONS = 32
"""Things that a call with spread mappings may call, each of which is given those that it can take: more than a call
that hands all the same to all, since a configuration has as many classes as sections."""


def fitting_mappings(s: Any, callee: Object, given: Values) -> Values:
    """Return the mappings without those that hold a key which the callee has no parameter or field for.

    All of them, where the callee takes any keyword or is not known, or where none would be left.
    """
    names = parameters_of(s, callee)
    if names is None:
        return given
    kept = [i for i in given if not isinstance(s.objects[i], Box) or _keys(s.objects[i]) <= names]
    return frozenset(kept) if any(isinstance(s.objects[i], Box) for i in kept) else given


def parameters_of(s: Any, callee: Object) -> frozenset[str] | None:
    """Return the names that a callee takes as keywords; None where it takes any, or that cannot be told."""
    if isinstance(callee, Class):
        initializer, _ = s.find(callee, "__init__")
        made = [s.objects[i] for i in sorted(initializer)]
        if len(made) == 1 and isinstance(made[0], Function):
            return parameters_of(s, made[0])
        is_plain = not initializer and all(
            isinstance(entry, Class) or entry == "builtins.object" for entry in callee.mro
        )
        if "dataclass" not in callee.flags or not is_plain:
            return None
        return frozenset(name for entry in callee.mro if isinstance(entry, Class) for name in entry.annotated)
    function = s.objects[callee.function] if isinstance(callee, Bound) else callee
    if not isinstance(function, Function) or function.decorated:
        return None
    parameters = function.scope.parameters
    if any(p.kind == "var_keyword" for p in parameters):
        return None
    return frozenset(p.name for p in parameters if p.kind != "positional_only")


def _keys(box: Box) -> set[object]:
    return {key for key in box.fields if isinstance(key, str) and key != ANY}
