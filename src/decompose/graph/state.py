"""Shared state: module globals, class attributes, singletons, handles, caches, generators; who reads, who changes.

Only what can tell two processes apart is listed: state that something changes after import, and live objects (an open
connection, a loaded model, an instance made on import). Constants are code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.graph.core import Core
from decompose.graph.library import LibraryCall, argument_node, unit_of
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import BOX, EXTERNAL_INSTANCE, INSTANCE, Class, ExternalInstance, Instance
from decompose.graph.survey import Uses, survey
from decompose.graph.walk import statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, column_of, line_of
from decompose.ir.findings import Span
from decompose.ir.graph import Edge, Site, State, StateKind
from decompose.ir.symbols import MODULE_BODY, join
from decompose.knowledge import RECEIVER, Knowledge

_QUIET = ("logging.", "re.", "pathlib.", "datetime.", "argparse.", "typing.", "collections.namedtuple", "abc.", "enum.",
          "loguru.", "structlog.", "builtins.", "functools.", "typer.", "click.", "string.", "itertools.", "decimal.",
          "numpy.dtype", "dataclasses.")  # fmt: skip
"""Types of which an instance is as good as any other."""
_CACHING = (
    "lru_cache",
    "cache",
    "cached",
    "cache_data",
    "cache_resource",
    "memoize",
    "experimental_memo",
    "cached_property",
)
_SEEDS = ("seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything", "set_random_seed")
_GLOBAL_RNGS = ("random", "numpy.random", "torch", "torch.cuda", "tensorflow.random")
_DRAWS = frozenset(
    (
        "random",
        "randint",
        "uniform",
        "choice",
        "choices",
        "sample",
        "shuffle",
        "gauss",
        "randn",
        "rand",
        "normal",
        "permutation",
        "randperm",
        "binomial",
        "random_sample",
        "randrange",
        "normalvariate",
        "multinomial",
    )
)


@dataclass(slots=True)
class _Found:
    kind: StateKind
    span: Span
    type: str = ""
    readers: dict[str, Site] = field(default_factory=dict)
    writers: dict[str, Site] = field(default_factory=dict)
    is_listed: bool = False
    """Whether it counts even if nothing changes it."""


class StateFinder:
    """Finds the shared state of a solved system."""

    def __init__(self, core: Core, knowledge: Knowledge, calls: Sequence[LibraryCall]) -> None:
        self.core = core
        self.knowledge = knowledge
        self.calls = calls
        self.found: dict[str, _Found] = {}
        self.uses: dict[tuple[str, int], Uses] = {}
        self._named: dict[str, dict[str, str]] = {}
        """Imported names of each file, and the state that each is."""

    def states(self) -> tuple[tuple[State, ...], tuple[Edge, ...]]:
        """Return states and the edges of their readers and writers, both sorted."""
        infos = self.core.modules.infos
        for info in infos:
            for index, scope in enumerate(info.facts.scopes):
                self.uses[info.facts.path, index] = survey(scope)
        records = {
            (made.module.facts.path, made.index) for made in self.core.classes if _is_record(made)
        }  # fmt: skip
        for info in infos:
            self._declare(info, records)
        for info in infos:
            self._use(info)
        self._library()
        self._caches()
        return self._records()

    # -- what there is ------------------------------------------------------------------------------------------------

    def _declare(self, info: ModuleInfo, records: set[tuple[str, int]]) -> None:
        facts = info.facts
        defined = {s.name for s in facts.scopes if s.parent == 0}
        imported = set(_imported(self.uses[facts.path, 0].imports))
        bound = dict(self.uses[facts.path, 0].rebinds)
        for index, scope in enumerate(facts.scopes):
            inside = self.uses[facts.path, index].rebinds
            for name in scope.global_names:
                if name in inside:
                    bound.setdefault(name, inside[name])  # `global model` in a function that loads it
        for name, pos in bound.items():
            if name in defined or name in imported or (name.startswith("__") and name.endswith("__")):
                continue
            kind, type_name, listed = self._nature(info, name)
            self.found[f"state:{info.name}:{name}"] = _Found(
                kind, Span(facts.path, line_of(pos), column_of(pos)), type_name, is_listed=listed
            )
        for index, scope in enumerate(facts.scopes):
            if scope.kind != "class" or (facts.path, index) in records:
                continue
            for name, pos in self.uses[facts.path, index].rebinds.items():
                symbol = f"state:{info.name}:{scope.qualname}.{name}"
                self.found[symbol] = _Found("class_attribute", Span(facts.path, line_of(pos), column_of(pos)))

    def _nature(self, info: ModuleInfo, name: str) -> tuple[StateKind, str, bool]:
        frame = self.core.module_frames.get(info.facts.path) or self.core.module_frames.get(info.name)
        cell = frame.cells.get(name) if frame is not None else None
        lowered = name.lower()
        kind: StateKind = "cache" if "cache" in lowered or "memo" in lowered else "global"
        for item in sorted(cell.values) if cell is not None else ():
            made = self.core.objects[item]
            if made.kind == INSTANCE:
                assert isinstance(made, Instance)
                cls = made.cls
                if cls.flags & {"enum"}:
                    continue
                return "singleton", join(cls.module.name, cls.scope.qualname), True
            if made.kind == EXTERNAL_INSTANCE:
                assert isinstance(made, ExternalInstance)
                if made.type.startswith(_QUIET):
                    return kind, made.type.removesuffix("()"), False
                return self._live(made)
            if made.kind == BOX:
                return kind, f"builtins.{made.type}", False  # type: ignore[attr-defined]
        return kind, "", False

    def _live(self, made: ExternalInstance) -> tuple[StateKind, str, bool]:
        plain = self.knowledge.type_of(made.type) or self.knowledge.resolve(made.type.removesuffix("()"))
        api = self.knowledge.find(plain)
        if plain.startswith(("numpy.random.", "random.Random")):
            return "rng", plain, True
        is_loaded = plain == "family.loaded" or (api is not None and api.asset == "model")
        is_handle = is_loaded or (api is not None and api.resource in ("io", "gpu"))
        return ("handle" if is_handle else "singleton"), plain, is_handle

    # -- who uses it --------------------------------------------------------------------------------------------------

    def _use(self, info: ModuleInfo) -> None:
        facts = info.facts
        aliases, modules = self._aliases(info)
        self._named[facts.path] = aliases
        held = {*aliases, *self.uses[facts.path, 0].rebinds, *(n for s in facts.scopes for n in s.global_names)}
        for index, scope in enumerate(facts.scopes):
            uses = self.uses[facts.path, index]
            unit = _unit(info, index)
            loaded = [(name, pos) for name, pos in uses.loads.items() if name in held]
            changed = [(name, pos) for name, pos in uses.changes.items() if name in held]
            hidden = self._visible(info, index) if loaded or changed else set()
            for name, pos in loaded:
                self._note(self._target(info, hidden, aliases, name), unit, facts.path, pos, write=False)
            for name, pos in changed:
                self._note(self._target(info, hidden, aliases, name), unit, facts.path, pos, write=index != 0)
            for name in scope.global_names:
                if name in uses.rebinds:
                    self._note(f"state:{info.name}:{name}", unit, facts.path, uses.rebinds[name], write=True)
            for (base, attribute), pos in uses.attributes.items():
                self._note(self._member(info, index, modules, base, attribute), unit, facts.path, pos, write=False)
            for (base, attribute), pos in uses.attribute_changes.items():
                self._note(self._member(info, index, modules, base, attribute), unit, facts.path, pos, write=True)

    def _visible(self, info: ModuleInfo, index: int) -> set[str]:
        """Return names that a scope hides from the module's: its own and those of functions round it."""
        hidden: set[str] = set()
        scopes = info.facts.scopes
        while index > 0:
            scope = scopes[index]
            if scope.kind != "class" or not hidden:
                hidden |= set(scope.local_names) | {p.name for p in scope.parameters}
            index = scope.parent
        return hidden

    def _target(self, info: ModuleInfo, hidden: set[str], aliases: dict[str, str], name: str) -> str:
        if name in hidden:
            return ""
        return aliases.get(name) or f"state:{info.name}:{name}"

    def _member(self, info: ModuleInfo, index: int, modules: dict[str, str], base: str, attribute: str) -> str:
        if base in modules:
            return f"state:{modules[base]}:{attribute}"
        scope = info.facts.scopes[index]
        if base in ("self", "cls") and scope.parent > 0 and info.facts.scopes[scope.parent].kind == "class":
            owner = info.facts.scopes[scope.parent]
            symbol = f"state:{info.name}:{owner.qualname}.{attribute}"
            if base == "self" and symbol in self.found and self._is_instance_attribute(info, scope.parent, attribute):
                return ""
            return symbol
        return f"state:{info.name}:{base}.{attribute}"

    def _is_instance_attribute(self, info: ModuleInfo, owner: int, attribute: str) -> bool:
        """Whether some method binds `self.attribute`, so that each instance has its own."""
        for scope in info.facts.scopes:
            if scope.parent == owner and scope.kind == "function":
                for statement in statements_of(scope.body):
                    targets = _targets(statement)
                    if any(t[0] == f.ATTR and t[2] == attribute and t[1] == [f.NAME, "self"] for t in targets):
                        return True
        return False

    def _aliases(self, info: ModuleInfo) -> tuple[dict[str, str], dict[str, str]]:
        names: dict[str, str] = {}
        modules: dict[str, str] = {}
        known = self.core.modules
        for index in range(len(info.facts.scopes)):
            for node in self.uses[info.facts.path, index].imports:
                if node[0] == f.FROM:
                    dotted = known.absolute(node[1], info) if not node[2] else known.relative(node[1], node[2], info)
                    source = known.module(dotted) if dotted else None
                    for name, alias in node[3]:
                        inner = known.module(f"{dotted}.{name}") if dotted else None
                        if inner is not None:
                            modules[alias or name] = inner.name
                        elif source is not None:
                            names[alias or name] = f"state:{source.name}:{name}"
                else:
                    for name, alias in node[1]:
                        dotted = known.absolute(name, info)
                        source = known.module(dotted) if dotted else None
                        if source is not None:
                            modules[alias or name] = source.name
        return names, modules

    def _note(self, symbol: str, unit: str, path: str, pos: int, *, write: bool) -> None:
        state = self.found.get(symbol)
        if state is not None:
            into = state.writers if write else state.readers
            into.setdefault(unit, Site(path, line_of(pos), column_of(pos)))

    # -- generators and caches ----------------------------------------------------------------------------------------

    def _library(self) -> None:
        """Note what library calls do to shared objects: a generator that is drawn from, a metric that is set."""
        for call in self.calls:
            if call.api.mutates == RECEIVER:
                self._change(call)
            owner, _, name = call.name.rpartition(".")
            if owner not in _GLOBAL_RNGS or (name not in _SEEDS and name not in _DRAWS):
                continue
            if owner == "torch" and name not in (
                *_SEEDS,
                "rand",
                "randn",
                "randint",
                "randperm",
                "normal",
                "multinomial",
            ):
                continue
            pos = call.record.node[1]
            path = call.frame.module.facts.path
            symbol = f"state:{owner}:<rng>"
            state = self.found.setdefault(
                symbol, _Found("rng", Span(path, line_of(pos), column_of(pos)), is_listed=True)
            )
            into = state.writers if name in _SEEDS else state.readers
            into.setdefault(unit_of(call.frame, call.line), Site(path, line_of(pos), column_of(pos)))

    def _change(self, call: LibraryCall) -> None:
        node = argument_node(call, RECEIVER, 0)
        while node is not None and node[0] in (f.CALL, f.ATTR, f.SUB):
            node = node[2] if node[0] == f.CALL else node[1]
        info = call.frame.module
        if node is None or node[0] != f.NAME or call.frame.index == 0:
            return
        target = self._target(info, self._visible(info, call.frame.index), self._named[info.facts.path], node[1])
        self._note(target, unit_of(call.frame, call.line), info.facts.path, call.record.node[1], write=True)

    def _caches(self) -> None:
        for info in self.core.modules.infos:
            for scope in info.facts.scopes:
                for expression, pos in scope.decorators:
                    if _last(expression) in _CACHING:
                        unit = join(info.name, scope.qualname)
                        site = Site(info.facts.path, line_of(pos), column_of(pos))
                        span = Span(site.path, site.line, site.column)
                        users = {unit: site}
                        self.found[f"state:{unit}.<cache>"] = _Found("cache", span, "", users, dict(users), True)

    def _records(self) -> tuple[tuple[State, ...], tuple[Edge, ...]]:
        states, edges = [], []
        for symbol, state in sorted(self.found.items()):
            if not state.writers and not (state.is_listed and self._is_used_inside(state)):
                continue
            states.append(
                State(symbol=symbol, kind=state.kind, span=state.span, type=state.type, is_mutated=bool(state.writers))
            )
            for kind, users in (("state_read", state.readers), ("state_write", state.writers)):
                for unit, site in sorted(users.items()):
                    edges.append(_edge(unit, symbol, kind, site))
        return tuple(states), tuple(edges)

    @staticmethod
    def _is_used_inside(state: _Found) -> bool:
        return any(not unit.endswith(MODULE_BODY) for unit in state.readers)


def _is_record(cls: Class) -> bool:
    """Return whether names in the class body are fields of each instance."""
    externals = [base for base in cls.mro if isinstance(base, str)]
    return bool(cls.flags & {"dataclass", "enum"}) or any(
        base.startswith(("pydantic", "typing.NamedTuple", "msgspec", "attr", "sqlmodel")) for base in externals
    )


def _edge(unit: str, symbol: str, kind: str, site: Site) -> Edge:
    return Edge(source=unit, target=symbol, kind=kind, reason="flow", sites=(site,))  # type: ignore[arg-type]


def _targets(statement: Node) -> list[Node]:
    if statement[0] == f.ASSIGN:
        return statement[1]  # type: ignore[no-any-return]
    return [statement[1]] if statement[0] in (f.ANN, f.AUG) else []


def _unit(info: ModuleInfo, index: int) -> str:
    scopes = info.facts.scopes
    while scopes[index].kind == "lambda":
        index = scopes[index].parent
    return join(info.name, scopes[index].qualname)


def _imported(imports: Sequence[Node]) -> Iterator[str]:
    for node in imports:
        if node[0] == f.IMPORT:
            yield from (alias or name.partition(".")[0] for name, alias in node[1])
        else:
            yield from (alias or name for name, alias in node[3])


def _last(node: list[object]) -> str:
    """Return the last name of a decorator (`functools.lru_cache(maxsize=1)` gives `lru_cache`)."""
    while node[0] == f.CALL:
        node = node[2]  # type: ignore[assignment]
    return str(node[2]) if node[0] == f.ATTR else str(node[1]) if node[0] == f.NAME else ""
