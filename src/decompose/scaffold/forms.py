"""In which form a process has each module: whole, cut, or as a facade."""

from __future__ import annotations

from decompose.scaffold.closure import Closure
from decompose.scaffold.need import Form, Need
from decompose.scaffold.territory import CLIENT


def finish(closure: Closure, need: Need) -> None:
    """Decide how the module is carried over."""
    text = closure.territory.text(need.module.name)
    if text is None:
        need.is_whole = True
        need.form = "own" if closure.residence.owns_any(need.module.name) else "copy"
        return
    is_left_alone = closure.process == CLIENT and need.module.name not in closure.overlaid
    has_remote = bool(need.facades or need.remote_values)
    if not need.is_whole and (is_left_alone or (not has_remote and _nothing_saved(closure, need))):
        closure.want_whole(need.module.name)
    if not need.is_whole and need.module.path in closure.whole_only and not _is_pure_facade(closure, need):
        closure.want_whole(need.module.name)
        need.facades.clear()
        need.remote_values.clear()
    need.form = _form(closure, need)


def _form(closure: Closure, need: Need) -> Form:
    if need.is_whole:
        return "own" if closure.residence.owns_any(need.module.name) else "copy"
    return "facade" if _is_pure_facade(closure, need) else "split"


def _is_pure_facade(closure: Closure, need: Need) -> bool:
    text = closure.territory.text(need.module.name)
    kinds = {text.statements[i].kind for i in need.kept} if text is not None else set()
    return bool(need.facades or need.remote_values) and kinds <= {"docstring", "future"}


def _nothing_saved(closure: Closure, need: Need) -> bool:
    """Return whether the whole file would bring in no further import."""
    text = closure.territory.text(need.module.name)
    assert text is not None
    dropped = [s for s in text.statements if s.index not in need.kept]
    if any(
        not closure.residence.is_local(f"{need.module.name}:{n}")
        for s in dropped
        if s.kind in ("def", "class")
        for n in s.binds
    ):
        return False
    if any(s.kind in ("effect", "main") for s in dropped) and closure.process != CLIENT:
        return False
    partly = [s for s in text.statements if s.index in need.kept and s.kind == "import"]
    if any(item.bound not in need.names for s in partly for item in s.imports):
        return False
    return not any(s.imports for s in dropped) and not any(
        s.kind == "assign" and not closure.residence.copyable.holds(need.module.name, s) for s in dropped
    )
