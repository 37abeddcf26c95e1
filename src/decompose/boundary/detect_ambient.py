"""Hazards of what the two sides share without saying so: rows 8, 9, 18, 22, 23, 24 and 26."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decompose.boundary.crossing import Access, Crossing, path_access, path_key, same_place, site_of, state_access
from decompose.boundary.hazards import Found, found, starts
from decompose.boundary.system import NOT_A_SERVICE
from decompose.ir.graph import Site, Unit
from decompose.ir.symbols import MODULE_BODY, join

_ALWAYS_AMBIENT = frozenset(
    {"env", "cwd", "argv", "contextvar", "thread_local", "stdin", "thread", "process", "task", "locale", "user"}
)
"""What differs from process to process whatever the caller does."""
_NEEDS_LIBRARY = {
    "torch_grad": "torch", "torch": "torch", "numpy_errors": "numpy", "pandas_options": "pandas",
    "mlflow_run": "mlflow", "decimal": "decimal", "numpy_print": "numpy",
}  # fmt: skip
"""Surroundings that only a library notices, by the module that the callee must import."""
_ON_IMPORT = (
    "reads_path",
    "writes_path",
    "non_idempotent",
    "blocking",
    "stores_row",
    "unpickles",
    "starts_thread",
    "import_effect",
)
_STORE = ("stores_row", "transaction")


def state_edge(crossing: Crossing) -> Iterator[Found]:
    """Rows 8 and 9 for an edge that leads to state itself."""
    if crossing.kind == "state_write":
        yield found(8, crossing.here(), f"`{crossing.target}` is written from another service", subject=crossing.target)
    elif crossing.kind == "state_read":
        yield found(9, crossing.here(), f"`{crossing.target}` is read from another service", subject=crossing.target)


def shared_state(crossing: Crossing) -> Iterator[Found]:
    """Row 8: state that one side writes and the other one touches."""
    below = state_access(crossing.land.reach(crossing.target), crossing.land.system)
    around = state_access(crossing.land.running_with(crossing.source), crossing.land.system)
    service = crossing.land.service_of(crossing.source)
    wide = crossing.land.states(service) if service not in NOT_A_SERVICE else around
    for state in sorted(below.writes):
        there = (*wide.reads.get(state, ()), *wide.writes.get(state, ()))
        if there:
            yield found(
                8,
                (*crossing.here(), *below.writes[state], *there),
                f"the callee writes `{state}`, which the caller's side uses",
                subject=state,
            )
    for state in sorted(around.writes):
        if _touches(below, state) and state not in below.writes:
            there = (*below.reads.get(state, ()),)
            yield found(
                8,
                (*crossing.here(), *around.writes[state], *there),
                f"the caller's side writes `{state}`, which the callee reads",
                subject=state,
            )
    yield from _alias_changed(crossing)
    yield from _patched(crossing, around)


def _touches(access: Access, state: str) -> bool:
    """Return whether a state, or the class or module attribute that it names, is read."""
    return state in access.reads or state in access.writes


def _alias_changed(crossing: Crossing) -> Iterator[Found]:
    """Yield row 8 where the caller changes a result that is the callee's own state."""
    callee = crossing.callee
    for effect in crossing.effects("returns"):
        if effect.subject != "global" or callee is None:
            continue
        for use in crossing.uses:
            if "result_mutated" in use.traits:
                yield found(
                    8,
                    (*crossing.here(use), site_of(effect, callee)),
                    f"the result is `{effect.detail}` itself, and the caller changes it",
                    subject=effect.detail,
                )


def _patched(crossing: Crossing, around: Access) -> Iterator[Found]:
    """Yield row 8 where the caller's side replaces code that the callee runs."""
    below = {unit.symbol for unit in crossing.land.reach(crossing.target)} | {crossing.target}
    for state, places in around.writes.items():
        if state.removeprefix("state:") in below:
            yield found(
                8,
                (*crossing.here(), *places),
                f"the caller's side replaces `{state.removeprefix('state:')}`",
                subject=state,
            )


def foreign_global(crossing: Crossing, told: frozenset[int] = frozenset()) -> Iterator[Found]:
    """Row 9: the callee reads a global that lives in another service."""
    there = crossing.land.service_of(crossing.target)
    for effect, unit in crossing.reached("global_read"):
        owner = crossing.land.service_of(effect.subject.removeprefix("state:"))
        if owner in NOT_A_SERVICE or owner == there:
            continue
        is_computed = _is_computed(crossing, effect.subject)
        yield found(
            9, (*crossing.here(), site_of(effect, unit)), f"`{unit.symbol}` reads `{effect.subject}`, "
                "which lives in another service",
            verdict="needs-change" if is_computed else "safe-with-adapter", subject=effect.subject,
        )  # fmt: skip


def _is_computed(crossing: Crossing, state: str) -> bool:
    """Return whether a module-level variable is computed on import."""
    module, _, name = state.removeprefix("state:").partition(":")
    body = crossing.land.system.units.get(join(module, MODULE_BODY))
    return any(e.kind == "defines" and e.subject == name for e in (body.effects if body is not None else ()))


def random_state(crossing: Crossing) -> Iterator[Found]:
    """Row 18: both sides draw from, or seed, one process-wide stream; or a generator is handed over."""
    below = _rng(crossing.land.reach(crossing.target))
    around = _rng(crossing.land.running_with(crossing.source))
    for family in sorted(below.keys() & around.keys()):
        yield found(
            18,
            (*crossing.here(), *below[family], *around[family]),
            f"both sides use the global stream of `{family}`",
            subject=family,
        )
    callee = crossing.callee
    for use, argument in crossing.arguments():
        if "rng" in argument.traits:
            yield found(
                18,
                crossing.here(use),
                f"`{argument.parameter}` is a random generator: its state would move on only there",
                verdict="safe-with-adapter",
                subject=argument.parameter,
            )
    for effect in crossing.effects("returns"):
        if effect.subject == "rng" and callee is not None:
            yield found(18, (*crossing.here(), site_of(effect, callee)), "the result is a random generator")


def _rng(units: tuple[Unit, ...]) -> Mapping[str, tuple[Site, ...]]:
    """Return where some units use or seed each process-wide random stream."""
    places: dict[str, tuple[Site, ...]] = {}
    for unit in units:
        for effect in unit.effects:
            if effect.kind in ("uses_rng", "seeds_rng"):
                places[effect.subject] = (*places.get(effect.subject, ()), site_of(effect, unit))
    return places


def transaction(crossing: Crossing) -> Iterator[Found]:
    """Row 22: the callee's writes belong to a transaction of the caller."""
    below = [(effect, unit) for effect, unit in crossing.reached(*_STORE)]
    if not below:
        return
    caller = crossing.caller
    effect, unit = below[0]
    for use in crossing.uses:
        if "transaction" in use.traits or (caller is not None and _is_inside(caller, use.line)):
            yield found(
                22,
                (*crossing.here(use), site_of(effect, unit)),
                "the call stands inside a transaction, and the callee writes too",
            )
            return
    writes = [e for e in (caller.effects if caller is not None else ()) if e.kind == "stores_row"]
    if caller is not None and any(_is_inside(caller, site.line) for site in crossing.sites):
        yield found(
            22,
            (*crossing.here(), site_of(effect, unit)),
            "the call stands inside a transaction, and the callee writes too",
        )
    elif writes and caller is not None and any(e.kind == "stores_row" for e, _ in below):
        yield found(
            22,
            (*crossing.here(), site_of(writes[0], caller), site_of(effect, unit)),
            "both sides write rows for one step, and only one may succeed",
        )


def _is_inside(caller: Unit, line: int) -> bool:
    """Return whether a line stands between the first write or begin of a function and its last commit or rollback."""
    ends = [e.span.line for e in caller.effects if e.kind == "transaction" and e.span is not None]
    begins = [e.span.line for e in caller.effects if e.kind in _STORE and e.span is not None]
    closing = [
        e.span.line
        for e in caller.effects
        if e.kind == "transaction" and e.span is not None and e.subject in ("commit", "rollback")
    ]
    if not ends or not closing:
        return False
    return (min(begins) <= line or min(begins) == min(closing)) and line <= max(closing)


def ambient(crossing: Crossing) -> Iterator[Found]:
    """Row 23: the callee depends on, or changes, what surrounds it in the process."""
    around = _ambient_set(crossing)
    for effect, unit in crossing.reached("sets_ambient"):
        if effect.detail.startswith("with "):
            continue  # put back before the callee returns
        yield found(
            23,
            (*crossing.here(), site_of(effect, unit)),
            f"`{unit.symbol}` changes the {effect.subject} of its process",
            subject=effect.subject,
        )
    for effect, unit in crossing.reached("reads_ambient"):
        if effect.subject in _ALWAYS_AMBIENT or effect.subject in around:
            is_setting = effect.subject in ("env", "argv") and effect.subject not in around
            yield found(
                23, (*crossing.here(), site_of(effect, unit), *around.get(effect.subject, ())), f"`{unit.symbol}` "
                    "depends on the "
                    f"{effect.subject} of its process",
                verdict="safe-with-adapter" if is_setting else None, subject=effect.subject,
            )  # fmt: skip
    for effect, unit in crossing.reached("global_read", "global_store"):
        if _lives_in_context(crossing, effect.subject):
            yield found(
                23,
                (*crossing.here(), site_of(effect, unit)),
                f"`{effect.subject}` has a value per context or thread",
                subject=effect.subject,
            )
    yield from _library_notices(crossing, around)


def _library_notices(crossing: Crossing, around: Mapping[str, tuple[Site, ...]]) -> Iterator[Found]:
    """Yield row 23 for surroundings that a library of the callee looks at."""
    modules = {unit.module for unit in crossing.land.reach(crossing.target)}
    imported = {
        name
        for module in modules
        for name in (
            crossing.land.system.index.modules[module].externals if module in crossing.land.system.index.modules else ()
        )
    }
    for subject, places in around.items():
        library = _NEEDS_LIBRARY.get(subject, "")
        is_cwd = subject == "cwd" and any(
            not e.subject.startswith("/") for e, _ in crossing.reached("reads_path", "writes_path")
        )
        is_sensed = subject in (
            "warnings",
            "signal",
            "stdout",
            "socket_timeout",
            "recursion_limit",
            "logging",
        ) and _is_around(crossing, subject)
        if (library and library in imported) or is_cwd or is_sensed:
            yield found(
                23,
                (*crossing.here(), *places),
                f"the caller sets the {subject} of its process around the call",
                subject=subject,
            )


def _is_around(crossing: Crossing, subject: str) -> bool:
    """Return whether the caller itself sets a surrounding that reaches into every call."""
    caller = crossing.caller
    own = caller is not None and any(e.kind == "sets_ambient" and e.subject == subject for e in caller.effects)
    return own or any(f"ambient:{subject}" in use.traits for use in crossing.uses)


def _ambient_set(crossing: Crossing) -> Mapping[str, tuple[Site, ...]]:
    """Return what the caller's side sets of its process, with the places."""
    places: dict[str, tuple[Site, ...]] = {}
    for unit in crossing.land.running_with(crossing.source):
        for effect in unit.effects:
            if effect.kind == "sets_ambient":
                places[effect.subject] = (*places.get(effect.subject, ()), site_of(effect, unit))
    return places


def _lives_in_context(crossing: Crossing, state: str) -> bool:
    """Return whether a module-level variable is a context variable or thread-local."""
    module, _, name = state.removeprefix("state:").partition(":")
    body = crossing.land.system.units.get(join(module, MODULE_BODY))
    head = name.partition(".")[0]
    return any(
        e.kind == "defines" and e.subject == head and e.detail.startswith("context:")
        for e in (body.effects if body is not None else ())
    )


def artifact_by_path(crossing: Crossing) -> Iterator[Found]:
    """Row 24: a file that one side writes and the other one reads."""
    below = path_access(crossing.land.reach(crossing.target), crossing.land.system)
    service = crossing.land.service_of(crossing.source)
    if service in NOT_A_SERVICE:
        near = path_access(crossing.land.running_with(crossing.source), crossing.land.system)
    else:
        near = crossing.land.paths(service)
    for path in sorted({*below.reads, *below.writes}):
        theirs = [*_places_at(near.writes, path), *(_places_at(near.reads, path) if path in below.writes else ())]
        theirs = _beside_the_call(crossing, theirs)
        if theirs and _says_something(path):
            mine = (*below.writes.get(path, ()), *below.reads.get(path, ()))
            yield found(
                24,
                (*crossing.here(), *mine, *theirs),
                f"`{path}` is written on one side and used on the other",
                subject=path,
            )
    yield from _path_argument(crossing, near)
    yield from _path_result(crossing)


def _places_at(access: Mapping[str, tuple[Site, ...]], path: str) -> Iterator[Site]:
    """Yield where something touches a path, the folder that it lies in, or what lies in it."""
    for other, sites in access.items():
        if same_place(path, other):
            yield from sites


def _beside_the_call(crossing: Crossing, sites: list[Site]) -> list[Site]:
    """Return the places other than the call itself, where the graph puts what the callee does with a path given."""
    calls = {(site.path, site.line) for site in crossing.here()}
    return [site for site in sites if (site.path, site.line) not in calls]


def _says_something(path: str) -> bool:
    """Return whether a path has a part that is known."""
    return any(part and not part.startswith("{") for part in path.replace("\\", "/").split("/"))


def _path_argument(crossing: Crossing, near: Access) -> Iterator[Found]:
    """Yield row 24 where a path is handed over, and both sides use what lies there."""
    caller, callee = crossing.caller, crossing.callee
    if caller is None or callee is None:
        return
    for use, argument in crossing.arguments():
        wanted = f"parameter:{argument.parameter}"
        reads = [e for e in callee.effects if e.kind == "reads_path" and e.subject == wanted]
        writes = [e for e in callee.effects if e.kind == "writes_path" and e.subject == wanted]
        if not reads and not writes:
            continue
        text = path_key(starts(argument, "path:").removeprefix("path:"))
        mine: list[Site] = []
        if text:
            mine += near.writes.get(text, ())
            mine += near.reads.get(text, ()) if writes else ()
        mine += _own_uses(caller, argument.traits, with_reads=bool(writes))
        mine = _beside_the_call(crossing, mine)
        if mine:
            place = site_of((writes or reads)[0], callee)
            yield found(
                24,
                (*crossing.here(use), place, *mine),
                f"the file at `{argument.parameter}` is written on one side and used on the other",
                subject=argument.parameter,
            )


def _own_uses(caller: Unit, traits: tuple[str, ...], *, with_reads: bool) -> Iterator[Site]:
    """Yield where the caller itself writes (or reads) the file at a path that it hands over."""
    names = {trait for trait in traits if trait.startswith(("parameter:", "attribute:", "global:", "result:"))}
    for effect in caller.effects:
        if (
            effect.subject in names
            and "through " not in effect.detail
            and (effect.kind == "writes_path" or (with_reads and effect.kind == "reads_path"))
        ):
            yield site_of(effect, caller)


def _path_result(crossing: Crossing) -> Iterator[Found]:
    """Yield row 24 where the callee writes a file and hands its path back to a caller that reads it."""
    caller = crossing.caller
    writes = list(crossing.reached("writes_path"))
    if caller is None or not writes:
        return
    places = {f"result:{use.line}:{use.column}:" for use in crossing.uses} | {
        f"result:{site.line}:{site.column}:" for site in crossing.sites
    }
    for effect in caller.effects:
        if (
            effect.kind == "reads_path"
            and effect.subject.startswith("result:")
            and any(effect.subject.startswith(place) for place in places)
        ):
            yield found(
                24,
                (*crossing.here(), site_of(effect, caller), site_of(*writes[0])),
                "the callee writes a file and the caller reads it by the path that comes back",
            )


def import_effects(crossing: Crossing) -> Iterator[Found]:
    """Row 26: importing the callee's module does something."""
    unit = crossing.land.system.units.get(crossing.target)
    body = crossing.land.system.units.get(join(unit.module, MODULE_BODY)) if unit is not None else None
    if body is None:
        return
    for effect in body.effects:
        if effect.kind == "import_effect":
            yield found(
                26, (*crossing.here(), site_of(effect, body)), f"importing `{body.module}` calls `{effect.detail}`"
            )
    guarded = {(use.line, use.column) for use in body.call_uses if "main_block" in use.traits}
    for edge in crossing.land.system.outgoing.get(body.symbol, ()):
        sites = [site for site in edge.sites if (site.line, site.column) not in guarded]
        if edge.kind != "call" or not sites:
            continue
        for other in crossing.land.reach(edge.target):
            acts = [e for e in other.effects if e.kind in _ON_IMPORT]
            if acts and crossing.land.service_of(edge.target) == crossing.land.service_of(crossing.target):
                yield found(
                    26,
                    (*crossing.here(), Site(path=sites[0].path, line=sites[0].line)),
                    f"importing `{body.module}` runs `{other.symbol}` ({acts[0].kind.replace('_', ' ')})",
                )
                break
