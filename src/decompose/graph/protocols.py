"""What external objects do with the own objects that they hold: hooks, stored callables, registered functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator as Iterates
from functools import lru_cache

from decompose.graph import rules
from decompose.graph.core import Core
from decompose.graph.frameworks import listed
from decompose.graph.objects import (
    BOUND,
    BOX,
    CALLBACKS,
    CLASS,
    COMPILED,
    EMPTY,
    EXTERNAL_INSTANCE,
    FUNCTION,
    HELD,
    INSTANCE,
    ITERATOR,
    MAX_EXTERNALS,
    MEMBERS,
    PARTIAL,
    RECEIVER,
    REGISTERED,
    Box,
    Cell,
    Class,
    ExternalInstance,
    Frame,
    Instance,
    Iterator,
    Values,
)
from decompose.ir.facts import SourceFacts

ADDING = frozenset({"append", "insert", "extend", "update", "add_module", "register_module"})
MEMBER_LISTS = frozenset({"values", "items", "children", "named_children"})
MAX_NESTING = 14
"""Containers and external objects within each other that are searched for own objects."""
MAX_SEARCHED = 300
MAX_PARTS = 5_000
"""Large sets whose functions and containers are remembered."""
NESTING_KINDS = frozenset({FUNCTION, BOUND, CLASS, INSTANCE, EXTERNAL_INSTANCE, BOX, PARTIAL, ITERATOR})
_HOLDING_NOTHING = (
    "?", "argparse.", "builtins.str", "builtins.int", "builtins.float", "builtins.bytes",
    "torch.Tensor", "numpy.ndarray", "pandas.DataFrame", "pandas.Series",
)  # fmt: skip
"""Types of external objects in which no own object is kept for later, with what is made of them: data, and what stands for
any external object."""
_HOLDING_NETWORKS = re.compile(r"Module|Sequential|Transformer|Parallel|WithDistanceLoss")
"""In the names of classes of torch.nn: those that call what they are made with."""
_HOLDING = frozenset({BOX, EXTERNAL_INSTANCE, ITERATOR})
_LEADING_TO_FUNCTIONS = frozenset({FUNCTION, BOUND, PARTIAL, BOX})


@lru_cache(maxsize=4096)
def _holds_nothing(type_name: str) -> bool:
    """Return whether external objects of a type keep no own objects: data, layers of networks, and what stands for anything."""
    if type_name.startswith(_HOLDING_NOTHING):
        return True
    last = type_name.rpartition(".")[2]
    is_layer = type_name.startswith("torch.nn.") and last[:1].isupper() and "(" not in type_name
    return is_layer and _HOLDING_NETWORKS.search(last) is None


class Protocols(Core):
    """Library protocols that run own code later than it is handed over."""

    def __init__(self, facts: SourceFacts) -> None:
        super().__init__(facts)
        self._parts: dict[Values, tuple[Values, tuple[int, ...]]] = {}

    def functions_in(self, frame: Frame, *given: Values) -> Values:
        """Return the own functions among values and directly in lists, tuples and dicts among them."""
        out = EMPTY
        searched: dict[int, int] = {}
        for values in given:
            if len(values) != 1 or self.objects[next(iter(values))].kind in _LEADING_TO_FUNCTIONS:
                out = self.union(out, self._functions_among(frame, values, searched, 0))
        return out

    def _functions_among(self, frame: Frame, values: Values, searched: dict[int, int], depth: int) -> Values:
        """Return the own functions among values; a container that was searched from as near is not searched again."""
        out, boxes = self._parts.get(values) or self._parted(values)
        for item in boxes if depth < 2 else ():
            made = self.objects[item]
            assert isinstance(made, Box)
            if len(made.fields) <= 40 and searched.get(item, depth + 1) > depth:
                searched[item] = depth
                held = self.take(frame, made, None)
                out = self.union(out, self._functions_among(frame, held, searched, depth + 1))
        return out

    def _parted(self, values: Values) -> tuple[Values, tuple[int, ...]]:
        """Return the own functions and the containers among values; large sets are kept, for the same ones come again."""
        kinds = self.kinds
        functions = frozenset([i for i in values if kinds[i] in _LEADING_TO_FUNCTIONS and self.is_function_like(i)])
        boxes = tuple(sorted([i for i in values if kinds[i] == BOX]))
        if len(values) > MAX_EXTERNALS:
            if len(self._parts) > MAX_PARTS:
                self._parts.clear()
            self._parts[values] = (functions, boxes)
        return functions, boxes

    def drive(
        self,
        frame: Frame,
        name: str,
        last: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        receiver: int,
    ) -> Values:
        """Run the hooks of own objects, and the stored functions, that an external callable drives.

        Returns:
            What a loader gives: batches made by own functions, else items of own data sets; of other calls nothing.
        """
        runs_stored = last in rules.DRIVING and not name.startswith(rules.WAITING)
        if not runs_stored and last not in self.active_triggers:
            return EMPTY
        seen: dict[int, int] = {}
        searched: set[Values] = set()
        for values in (*positional, *keywords.values()):
            self._held_in(frame, values, seen, searched, 0)
        owner = self.objects[receiver] if receiver >= 0 else None
        if owner is not None and not (isinstance(owner, Instance) and name.rpartition(".")[0] not in owner.cls.mro):
            self._held_in(frame, owner.single, seen, searched, 0)  # `self.net.fit()` is no call of an inherited `fit`
        kind = owner.type if isinstance(owner, ExternalInstance) else name
        names = {last, f"{kind.rpartition('.')[2]}.{last}", ".".join(name.split(".")[-2:])}
        ran = self._ran(seen)
        skipped = self._skipped(last, keywords, seen)
        items = batches = EMPTY
        given: list[Values] = []
        if last == "DataLoader[]":
            items = self._items(frame, seen, pos)
            given = [self.list_of(frame, "list", items, ("items", receiver))]
        for item, depth in list(seen.items()):
            made = self.objects[item]
            if isinstance(made, Instance):
                is_switch = item == receiver and self.has_call_protocol(made.cls)
                called = names - rules.SWITCHES if is_switch else names
                self._run_hooks(frame, made, kind, called, pos, seen, skipped)
            elif runs_stored and depth > 0 and item not in ran and self.is_function_like(item):
                out = self.run_callables(frame, made.single, given, pos, f"protocol:{name.partition('.')[0]}")
                batches = self.union(batches, out)
        return batches or items if given else EMPTY

    def _items(self, frame: Frame, seen: Iterable[int], pos: int) -> Values:
        """Return the items of the own data sets among some objects."""
        out = EMPTY
        for item in list(seen):
            made = self.objects[item]
            found = self.find(made.cls, "__getitem__")[0] if isinstance(made, Instance) else EMPTY
            if found and isinstance(made, Instance):
                key = ("hook", pos, "__getitem__", made.id)
                bound = self.bind_special(found, made)
                out = self.union(out, self.invoke(frame, bound, [self.number_any], {}, pos, key, "protocol:torch"))
        return out

    def _skipped(self, last: str, keywords: dict[str, Values], seen: Iterable[int]) -> frozenset[str]:
        """Return the hooks that own code runs in the library's place: an own scorer predicts, an own loss calls the model."""
        if last in rules.SCORING and any(self.is_function_like(i) for i in keywords.get("scoring", EMPTY)):
            return rules.SCORED
        trainers = [made for made in (self.objects[i] for i in seen) if isinstance(made, Instance)]
        if any("transformers.Trainer" in made.cls.mro and self.find(made.cls, "compute_loss")[0] for made in trainers):
            return frozenset({"forward"})
        return frozenset()

    def _ran(self, seen: Iterable[int]) -> Values:
        """Return the functions that the calls which made some external objects have run already."""
        out = EMPTY
        for item in seen:
            made = self.objects[item]
            if isinstance(made, ExternalInstance) and made.has_run and CALLBACKS in made.fields:
                out = self.union(out, self.read(made.fields[CALLBACKS]))
        return out

    def held_by(self, frame: Frame, made: ExternalInstance) -> Values:
        """Return the own functions and instances that an external object was made with."""
        seen: dict[int, int] = {}
        self._held_in(frame, made.single, seen, set(), 0)
        kept = self.read(made.fields[COMPILED]) if COMPILED in made.fields else EMPTY
        return frozenset(i for i, depth in seen.items() if depth > 0 and i not in kept)

    def _search(self, frame: Frame, made: object, seen: dict[int, int], searched: set[Values], depth: int) -> None:
        """Search one container or external object."""
        for values in self._contents(frame, made, depth):
            if values and values not in searched:
                self._held_in(frame, values, seen, searched, depth + 1)

    def _contents(self, frame: Frame, made: object, depth: int) -> Iterates[Values]:
        if isinstance(made, Box):
            for cell in list(made.fields.values()):
                yield self.read(cell) if depth < 3 else cell.values
            yield from [frame.heap[(made.id, key)] for key in frame.stored.get(made.id, ())]
        elif isinstance(made, ExternalInstance) and not _holds_nothing(made.type):
            yield from made.positional
            yield from list(made.keywords.values())
            for key, cell in list(made.fields.items()):
                if key != CALLBACKS:
                    yield self.read(cell) if depth < 3 else cell.values
        elif isinstance(made, Iterator):
            yield self.read(made.cell)
        elif isinstance(made, Instance):
            yield self.read(made.fields[HELD])

    def _held_in(self, frame: Frame, values: Values, seen: dict[int, int], searched: set[Values], depth: int) -> None:
        """Add the objects that values hold to those seen, with their depth; sets that were gone through are searched."""
        if depth > MAX_NESTING or not values or len(seen) > MAX_SEARCHED:
            return
        kinds = self.kinds
        for item in sorted(values) if len(values) > 1 else values:
            kind = kinds[item]
            if item in seen or kind not in NESTING_KINDS:
                continue
            seen[item] = depth
            made = self.objects[item]
            if kind in _HOLDING or HELD in made.fields:
                self._search(frame, made, seen, searched, depth)
        searched.add(values)

    def _run_hooks(
        self,
        frame: Frame,
        made: Instance,
        kind: str,
        names: set[str],
        pos: int,
        seen: dict[int, int],
        skipped: frozenset[str],
    ) -> None:
        """Run the hooks of an own object that the external callable of some names runs."""
        bases = [e for e in made.cls.mro if isinstance(e, str)]
        for base, triggers, hooks in rules.OBJECT_HOOKS:
            if names.isdisjoint(triggers) or not any(rules.matches(b, base) for b in bases):
                continue
            for hook in hooks:
                if hook in skipped:
                    continue
                result = self._run_hook(frame, made, hook, pos, bases[0].partition(".")[0], seen)
                for item in sorted(self._needed(frame, result)) if hook == "requires" else ():
                    needed = self.objects[item]
                    if isinstance(needed, Instance) and item not in seen:
                        seen[item] = 1
                        self._run_hooks(frame, needed, kind, names, pos, seen, skipped)
        if not bases or bases == ["builtins.object"]:
            for prefix, triggers, hooks in rules.PLAIN_HOOKS:
                if not names.isdisjoint(triggers) and kind.startswith(prefix):
                    for hook in hooks:
                        self._run_hook(frame, made, hook, pos, prefix.partition(".")[0], seen)

    def _needed(self, frame: Frame, values: Values) -> Values:
        """Return what a task requires: one, several in a container, or what it yields."""
        out = values
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Box):
                out = self.union(out, self.take(frame, made, None))
            elif isinstance(made, Iterator):
                out = self.union(out, self.read(made.cell))
        return out

    def _run_hook(
        self, frame: Frame, made: Instance, hook: str, pos: int, library: str, seen: dict[int, int]
    ) -> Values:
        """Run one method of an own object by name, or all of a prefix (`do_*`)."""
        if hook.endswith("*"):
            named = {n for c in made.cls.mro if isinstance(c, Class) for n in c.fields if n.startswith(hook[:-1])}
            for each in sorted(named):
                self._run_hook(frame, made, each, pos, library, seen)
            return EMPTY
        found, _ = self.find(made.cls, hook)
        if not found:
            return EMPTY
        given = self._hook_arguments(made, hook, seen)
        bound = self.bind_special(found, made)
        return self.invoke(frame, bound, given, {}, pos, ("hook", pos, hook, made.id), f"protocol:{library}")

    def _hook_arguments(self, made: Instance, hook: str, seen: dict[int, int]) -> list[Values]:
        """Return the own modules that a trainer hands to a hook: first to its own methods, second to callbacks."""
        bases = [b for b in made.cls.mro if isinstance(b, str)]
        is_trainer = hook in rules.HF_TRAINER_HOOKS and any(b.startswith("transformers.") for b in bases)
        is_callback = hook in rules.LIGHTNING_ALL and any(b.endswith("Callback") for b in bases)
        if not is_trainer and not is_callback:
            return []
        held = self.read(made.fields[HELD]) if is_trainer and HELD in made.fields else seen
        own = frozenset(
            i
            for i in held
            if isinstance(o := self.objects[i], Instance) and o is not made and self.has_call_protocol(o.cls)
        )
        return [own] if is_trainer else [EMPTY, own]

    def special_result(
        self,
        frame: Frame,
        name: str,
        last: str,
        receiver: int,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Return what an external callable gives back of what is ours; nothing when it gives nothing back."""
        owner = self.objects[receiver] if receiver >= 0 else None
        if isinstance(owner, ExternalInstance) and last in rules.RESULTS:
            return self.results_of(owner)
        if last in ADDING and isinstance(owner, ExternalInstance) and owner.type in rules.CONTAINERS:
            self.add_members(owner, last, positional)
            return owner.single
        if last in MEMBER_LISTS and isinstance(owner, ExternalInstance) and owner.type in rules.CONTAINERS:
            return listed(self, owner, last, self.members_of(owner), site)
        if name in ("ray.get", "dask.compute", "asyncio.gather", "asyncio.wait_for"):
            out = EMPTY
            for values in positional:
                for item in values:
                    made = self.objects[item]
                    if isinstance(made, ExternalInstance):
                        out = self.union(out, self.results_of(made))
                    elif name == "ray.get":
                        out = self.union(out, made.single)
            return out
        if last == "__new__" and name != "builtins.type.__new__":
            classes = [
                made
                for item in sorted(positional[0] if positional else EMPTY)
                if isinstance(made := self.objects[item], Class)
            ]
            if classes:
                return frozenset(self.instance_at(frame, cls, site).id for cls in classes)
        if isinstance(owner, Instance) and self.find(owner.cls, "_constructor")[0]:
            return owner.single  # a subclass of a data frame: methods give the same kind
        if isinstance(owner, Class):
            return self._class_protocol(frame, owner, name, last, positional, keywords, pos, site)
        return EMPTY

    def _class_protocol(
        self,
        frame: Frame,
        owner: Class,
        name: str,
        last: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an external class method on an own class."""
        if name == "builtins.type.__call__":
            return self.construct(frame, owner, positional, keywords, pos, site)
        if name == "builtins.type.__new__":
            return self.read(self.made_by.setdefault(owner.id, Cell()))
        if last == "apply" and name.startswith("torch.autograd"):
            out = EMPTY
            for hook in ("forward", "backward"):
                found = self.load(frame, owner.single, hook, pos)
                own = frozenset(i for i in found if self.is_function_like(i))
                given = [EMPTY, *positional]
                out = self.union(out, self.invoke(frame, own, given, {}, pos, (hook, pos), "protocol:torch"))
            return out
        if last in ("from_pretrained", "load_from_checkpoint", "from_config", "model_validate", "parse_obj"):
            return self.construct(frame, owner, [], {}, pos, site) if last != "from_config" else owner.single and EMPTY
        return EMPTY

    # -- calling what an external object holds --------------------------------------------------------------------------

    def call_held(
        self,
        frame: Frame,
        made: ExternalInstance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an external object: the functions and callable instances that it was made with or that registered."""
        out = EMPTY
        plain = made.type.replace("()", "")
        if plain in rules.NEVER_CALL_HELD:
            return out
        for item in sorted(self.held_by(frame, made)):
            inner = self.objects[item]
            if isinstance(inner, Instance):
                if self.find(inner.cls, "__call__")[0] or self.has_call_protocol(inner.cls):
                    out = self.union(out, self.call_instance(frame, inner, positional, keywords, pos, site))
            elif self.is_function_like(item):
                reason = f"protocol:{plain.partition('.')[0]}"
                out = self.union(out, self.invoke(frame, inner.single, positional, keywords, pos, site, reason))
        return out

    def has_call_protocol(self, cls: Class) -> bool:
        """Return whether calling an instance runs a method of it by its library's protocol."""
        return any(
            bool(self.find(cls, method)[0])
            for base in cls.mro
            if isinstance(base, str)
            for method in rules.called_methods(base)
        )

    def members_of(self, made: ExternalInstance) -> Values:
        """Return the objects directly in an external container (`torch.nn.ModuleList`), nested containers among them."""
        if made.type.partition("(")[0] not in rules.CONTAINERS or self.current is None:
            return EMPTY
        out = self.read(made.fields[MEMBERS]) if MEMBERS in made.fields else EMPTY
        for values in (*made.positional, *made.keywords.values()):
            for item in sorted(values):
                inner = self.objects[item]
                if inner.kind == BOX:
                    out = self.union(out, self.take(self.current, inner, None))
                elif inner.kind == ITERATOR:
                    out = self.union(out, self.iterate(self.current, inner.single, 0))
                else:
                    out = self.union(out, inner.single)
        pairs = [o for o in (self.objects[i] for i in sorted(out)) if isinstance(o, Box)]
        for pair in pairs:  # `add_module(name, module)`, `OrderedDict([(name, module)])`
            out = self.union(out, self.take(self.current, pair, None))
        return frozenset(i for i in out if self.objects[i].kind in (INSTANCE, EXTERNAL_INSTANCE, FUNCTION, BOUND))

    def add_members(self, made: ExternalInstance, last: str, positional: list[Values]) -> None:
        """Remember what `append`, `extend` and their like put into an external container."""
        for values in positional:
            if last in ("extend", "update"):
                values = self.iterate(self.current, values, 0)
            kept = frozenset(i for i in values if self.objects[i].kind in (INSTANCE, EXTERNAL_INSTANCE, BOX, FUNCTION))
            self.flow(self.field(made, MEMBERS), kept)

    def results_of(self, made: ExternalInstance) -> Values:
        """Return what the functions gave back that an external call was given to run."""
        callbacks = made.fields.get(CALLBACKS)
        if callbacks is None:
            return EMPTY
        return frozenset(i for i in self.read(callbacks) if not self.is_function_like(i))

    def register_with(self, frame: Frame, made: ExternalInstance, name: str, values: Values) -> None:
        """Remember a function that a decorator from an external object registers with that object."""
        receiver = made.fields.get(RECEIVER)
        for item in sorted(receiver.values) if receiver is not None else ():
            owner = self.objects[item]
            if isinstance(owner, ExternalInstance):
                self.flow(self.field(owner, REGISTERED), values)
        if name.rpartition(".")[2] in rules.ACCESSORS:
            for given in made.positional[:1]:
                for item in given:
                    label = getattr(self.objects[item], "text", "")
                    if label:
                        self.flow(self.accessors.setdefault(label, Cell()), values)
