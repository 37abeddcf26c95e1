"""Calls that leave the tree: what comes back, and which own code they run."""

from __future__ import annotations

from typing import Any

from decompose.graph import rules
from decompose.graph.builtin_functions import BUILTINS
from decompose.graph.configured import names_under
from decompose.graph.core import Core
from decompose.graph.frameworks import FRAMEWORKS, member_of
from decompose.graph.idioms import IDIOMS
from decompose.graph.inherited import inherited_box
from decompose.graph.objects import (
    BOUND,
    BOX,
    CALLBACKS,
    COMPILED,
    EMPTY,
    FUNCTION,
    INSTANCE,
    PARTIAL,
    RECEIVER,
    REGISTERED,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Partial,
    Property,
    Text,
    Values,
    place_of,
)
from decompose.graph.settings import SETTINGS

PROPERTY_LIKE = frozenset({
    "property", "cached_property", "abstractproperty", "hybrid_property", "lazy_property", "reify", "classproperty",
    "computed_field", "cachedproperty",
})  # fmt: skip
CACHE_LIKE = frozenset(
    {"functools.lru_cache", "functools.cache", "functools.singledispatch", "functools.singledispatchmethod"}
)
MAX_UNKNOWN_CALLS = 2
"""Calls in a chain whose result types are not known; what follows counts as the same object."""
MODELS = {**BUILTINS, **SETTINGS, **IDIOMS, **FRAMEWORKS}
"""What calls of external functions give, by qualified name."""


class Externals(Core):
    """Calls of external functions, classes and objects."""

    def call_external(
        self,
        frame: Frame,
        made: External,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call something external by name."""
        name = made.name
        frame.edges[(name, pos, "direct", False)] = None
        model = MODELS.get(name)
        if model is not None:
            if made.receiver >= 0 and name.startswith("builtins.object."):
                positional = [self.objects[made.receiver].single, *positional]
            return model(self, frame, positional, keywords, pos, site)
        box = inherited_box(self, name, made.receiver)
        if box is not None:
            return self._box_method(frame, box, name.rpartition(".")[2], positional, keywords, pos, site)
        out = self.call_unmodelled(frame, name, made.receiver, positional, keywords, pos, site)
        if self.config_names and positional and name.endswith((".get", ".pop")):
            return names_under(self, frame, positional[0], out)
        return out

    def call_external_instance(
        self,
        frame: Frame,
        made: ExternalInstance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an external object."""
        if made.type == "?":
            self.pass_to_external(frame, "?", positional, keywords, pos, site)
            frame.edges[("?", pos, "direct", False)] = None
            return made.single
        name = f"{made.type}.__call__" if not made.type.endswith(")") else made.type
        frame.edges[(name, pos, "operator", False)] = None
        model = MODELS.get(name)
        if model is not None:
            return model(self, frame, positional, keywords, pos, site)
        held = self.once(frame, made, lambda: self.call_held(frame, made, positional, keywords, pos, site))
        return self.union(held, self.call_unmodelled(frame, name, made.id, positional, keywords, pos, site))

    def call_unmodelled(
        self,
        frame: Frame,
        name: str,
        receiver: int,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Follow what an external callable does with its arguments; return what comes back."""
        callbacks = self.pass_to_external(frame, name, positional, keywords, pos, site, receiver)
        last = name.rpartition(".")[2]
        known = self.special_result(frame, name, last, receiver, positional, keywords, pos, site)
        if known:
            return known
        type_name = self.return_type(name, last)
        if "(" in type_name and type_name.count("(") > MAX_UNKNOWN_CALLS:
            return self.objects[receiver].single if receiver >= 0 else self.external_instance(name, None).single
        key = place_of(site)
        result = self.external_instance(type_name, key)
        result.positional = positional
        result.keywords = keywords
        result.has_run = bool(callbacks) and not is_kept(name, last.removesuffix("()"))
        if receiver >= 0:
            self.flow(self.field(result, RECEIVER), self.objects[receiver].single)
        if callbacks:
            self.flow(self.field(result, CALLBACKS), callbacks)
        return result.single

    def return_type(self, name: str, last: str) -> str:
        """Return the type of what an external callable gives: known, its own name for a class, else `name()`."""
        known = self.library_return(name)
        if known:
            return known
        return name if last[:1].isupper() else f"{name}()"

    def pass_to_external(
        self,
        frame: Frame,
        name: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
        receiver: int = -1,
    ) -> Values:
        """Follow what external code does with its arguments: runs functions, drives own objects by their hooks."""
        last = name.rpartition(".")[2].removesuffix("()")
        callables = self.functions_in(frame, *positional, *keywords.values())
        if callables and not is_kept(name, last):
            reason = f"submit:{name.partition('.')[0]}" if last in rules.SUBMITTING else "higher_order"
            arguments = self._callback_arguments(frame, name, last, positional, receiver, pos)
            callables_result = self.run_callables(frame, callables, arguments, pos, reason)
        else:
            callables_result = EMPTY
            if callables and receiver >= 0 and isinstance(self.objects[receiver], ExternalInstance):
                self.flow(self.field(self.objects[receiver], REGISTERED), callables)
        if last == "compile" and receiver >= 0 and isinstance(self.objects[receiver], ExternalInstance):
            for values in (*positional, *keywords.values()):
                self.flow(self.field(self.objects[receiver], COMPILED), values)
        self.drive(frame, name, last, positional, keywords, pos, receiver)
        return self.union(callables, callables_result)

    def is_function_like(self, item: int) -> bool:
        """Return whether an object is an own function, bound method or partial (not a class)."""
        kind = self.objects[item].kind
        return kind in (FUNCTION, PARTIAL) or (kind == BOUND and self.is_callable(item))

    def _callback_arguments(
        self, frame: Frame, name: str, last: str, positional: list[Values], receiver: int, pos: int
    ) -> list[Values]:
        """Return the arguments that an external callable hands to a function given to it."""
        if last in rules.ON_RECEIVER and receiver >= 0:
            return [self.objects[receiver].single]
        index = next((i for i, v in enumerate(positional) if any(self.is_function_like(x) for x in v)), None)
        if last in rules.SCORING:
            return positional[:1]
        if index is None:
            return []
        rest = positional[index + 1 :]
        if last in ("map", "imap", "imap_unordered", "starmap", "map_async", "starmap_async"):
            return [self.iterate(frame, values, pos) for values in rest]
        if name in ("re.sub", "re.subn", "re.compile().sub", "re.compile().subn", "re.Pattern.sub"):
            return [self.external_instance("re.Match", None).single]
        if last in ("submit", "run_in_executor", "to_thread", "apply"):
            return rest
        return []

    def call_protocol(
        self,
        frame: Frame,
        made: Instance,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        """Call an instance whose external base defines `__call__`."""
        for base in made.cls.mro:
            if not isinstance(base, str):
                continue
            out, ran = EMPTY, False
            for method in rules.called_methods(base):
                found, _ = self.find(made.cls, method)
                if found:
                    ran = True
                    bound = self.bind_special(found, made)
                    reason = f"protocol:{base.partition('.')[0]}"
                    out = self.invoke(frame, bound, positional, keywords, pos, site, reason)
            if ran:
                return out
        base = self.external_base(made.cls)
        if base:
            frame.edges[(f"{base}.__call__", pos, "operator", False)] = None
            return self.external_instance(f"{base}.__call__()", (place_of(site), frame.context)).single
        return EMPTY

    # -- external containers ------------------------------------------------------------------------------------------

    def iterate_external(self, frame: Frame, made: ExternalInstance, pos: int) -> Values:
        """Return the elements of an external object; iterating a loader runs its dataset."""
        if made.type == "?":
            return made.single
        last = made.type.rpartition(".")[2]
        if last == "DataLoader":
            given = self.drive(frame, made.type, "DataLoader[]", [], {}, pos, made.id)
            given = frozenset(i for i in given if self.objects[i].kind in (BOX, INSTANCE))
            if given:
                return given
        held = self.results_of(made) or self.members_of(made)
        if held:
            return held
        return self.external_instance(f"{made.type}[]" if not made.type.endswith("[]") else made.type, made.site).single

    def external_item(self, frame: Frame, made: ExternalInstance, key: Values) -> Values:
        """Return an element of an external object."""
        if made.type == "?":
            return made.single
        held = made.fields.get("[]")
        if held is not None:
            return self.read(held)
        self.run_callables(frame, key, [made.single], 0)
        members = member_of(self, frame, made, key) or self.members_of(made)
        if members:
            return members
        return self.external_instance(f"{made.type}[]" if not made.type.endswith("[]") else made.type, made.site).single

    def external_subscript(self, frame: Frame, item: int, key: Values, pos: int) -> Values:
        """Return `name[key]` of something external (`os.environ["X"]`, `List[int]`)."""
        made = self.objects[item]
        if isinstance(made, External) and made.name == "os.environ":
            return self.environment(key)
        if isinstance(made, External) and made.name.startswith("typing."):
            return self.union(made.single, key)
        if isinstance(made, External) and made.receiver >= 0:
            self.run_callables(frame, key, [self.objects[made.receiver].single], pos)
            return member_of(self, frame, self.objects[made.receiver], key) or made.single
        return made.single

    def environment(self, key: Values) -> Values:
        """Return the text of an environment variable."""
        out = EMPTY
        for item in sorted(key):
            made = self.objects[item]
            name = made.text if isinstance(made, Text) else ""
            out = self.union(out, self.text(f"{{env:{name}}}", is_template=True))
        return out

    def class_item(self, frame: Frame, item: int, key: Values, pos: int) -> Values:
        """Return `Class[key]`: a parametrised class, or a member of an enum."""
        cls = self.objects[item]
        assert isinstance(cls, Class)
        if "enum" in cls.flags:
            return self.enum_members(frame, cls)
        found, _ = self.find(cls, "__class_getitem__")
        if found:
            given = self.invoke(frame, found, [cls.single, key], {}, pos, ("item", pos), "operator")
            own = frozenset(i for i in given if not isinstance(self.objects[i], External | ExternalInstance))
            return own or cls.single
        return cls.single

    # -- decorators -------------------------------------------------------------------------------------------------

    def decorate_externally(self, frame: Frame, made: Any, values: Values, pos: int) -> Values:
        """Return what an external decorator makes of a function or class."""
        name = made.name if isinstance(made, External) else made.type
        last = name.rpartition(".")[2].removesuffix("()")
        if isinstance(made, External) and not name.startswith("builtins."):
            frame.edges[(name, pos, "decorator", False)] = None
        if last in PROPERTY_LIKE:
            return self.property_of("property", values)
        if last in ("classmethod", "staticmethod", "abstractclassmethod", "abstractstaticmethod"):
            return self.property_of(last.removeprefix("abstract"), values)
        plain = name.removesuffix("()")
        if plain in CACHE_LIKE:
            return self.wrapped(plain, values)
        if plain == "functools.wraps" and isinstance(made, ExternalInstance):
            for item in values:
                function = self.objects[item]
                if isinstance(function, Function) and made.positional:
                    self.flow(self.field(function, "__wrapped__"), made.positional[0])
            return values
        if isinstance(made, ExternalInstance):
            self.register_with(frame, made, plain, values)
        self.hand_context(frame, made, plain, values)
        return values

    def property_of(self, label: str, values: Values) -> Values:
        """Return the property, class method or static method over some functions."""
        made = self.intern(("property", label, values), lambda: Property(label))
        assert isinstance(made, Property)
        self.flow(made.getter, values)
        return made.single

    def wrapped(self, label: str, values: Values) -> Values:
        """Return a cached or dispatching form of some functions."""
        made = self.intern(("wrapped", label, values), lambda: Partial(label))
        assert isinstance(made, Partial)
        self.flow(made.functions, values)
        return made.single


def is_kept(name: str, last: str) -> bool:
    """Return whether an external callable keeps the functions that it is given, to run them later or never."""
    if last in rules.SUBMITTING:
        return False
    waits = name.startswith(rules.WAITING) and last not in rules.RUN_AT_ONCE
    return waits or last in rules.REGISTERING or last[:1].isupper()
