"""Calls that leave the tree: what comes back, and which own code they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph import rules
from decompose.graph.configured import names_under
from decompose.graph.core import Core
from decompose.graph.frameworks import FRAMEWORKS, member_of
from decompose.graph.idioms import IDIOMS
from decompose.graph.inherited import inherited_box
from decompose.graph.objects import (
    ANY,
    BOX,
    CALLBACKS,
    COMPILED,
    EMPTY,
    INSTANCE,
    RECEIVER,
    REGISTERED,
    Box,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Iterator,
    Partial,
    Property,
    Text,
    Values,
)
from decompose.graph.settings import SETTINGS
from decompose.graph.strings import path_join

PROPERTY_LIKE = frozenset({
    "property", "cached_property", "abstractproperty", "hybrid_property", "lazy_property", "reify", "classproperty",
    "computed_field", "cachedproperty",
})  # fmt: skip
CACHE_LIKE = frozenset(
    {"functools.lru_cache", "functools.cache", "functools.singledispatch", "functools.singledispatchmethod"}
)
MAX_UNKNOWN_CALLS = 2
"""Calls in a chain whose result types are not known; what follows counts as the same object."""
_Builtin = Callable[["Externals", Frame, list[Values], dict[str, Values], int, object], Values]


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
        held = self.call_held(frame, made, positional, keywords, pos, site)
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
        key = id(site) if isinstance(site, list) else site
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
        made = self.objects[item]
        return made.kind in (0, 12) or (made.kind == 1 and self.is_callable(item))

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
            for prefix, methods in rules.CALL_PROTOCOLS:
                if not base.startswith(prefix):
                    continue
                out, ran = EMPTY, False
                for method in methods:
                    found, _ = self.find(made.cls, method)
                    if found:
                        ran = True
                        bound = self.bind_special(found, made)
                        reason = f"protocol:{prefix.partition('.')[0]}"
                        out = self.invoke(frame, bound, positional, keywords, pos, site, reason)
                if ran:
                    return out
        base = self.external_base(made.cls)
        if base:
            frame.edges[(f"{base}.__call__", pos, "operator", False)] = None
            return self.external_instance(f"{base}.__call__()", (id(site), frame.context)).single
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


# -- models of built-in and standard-library functions -----------------------------------------------------------------


def _first(positional: list[Values]) -> Values:
    return positional[0] if positional else EMPTY


def _iterated(kind: str) -> _Builtin:
    def model(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        source = [s.objects[i] for i in sorted(_first(p))]
        box = s.box(kind, ("made", id(site), id(frame)))
        if (
            kind in ("list", "tuple")
            and len(source) == 1
            and isinstance(source[0], Box)
            and source[0].length is not None
        ):
            frame.fresh[box.id] = frame.block
            box.length = source[0].length
            for index in range(box.length):
                s.put(frame, box, index, s.take(frame, source[0], index), replace=True)
            return box.single
        s.flow(s.field(box, ANY), s.iterate(frame, _first(p), pos))
        return box.single

    return model


def _dict(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    box = s.box("dict", ("made", id(site), id(frame)))
    frame.fresh[box.id] = frame.block
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Box) and made.type == "dict":
            s.copy_into(frame, made, box)
        elif not isinstance(made, Box) or made.type != "dict":
            pairs = s.iterate(frame, made.single, pos)
            for pair in sorted(pairs):
                inner = s.objects[pair]
                if isinstance(inner, Box):
                    keys = s.keys_of(s.take(frame, inner, 0), box) or [None]
                    for key in keys:
                        s.put(frame, box, ANY if key is None else key, s.take(frame, inner, 1), replace=False)
    for name, values in k.items():
        s.put(frame, box, ANY if name == "**" else name, values, replace=True)
    return box.single


def _iter(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Instance):
            out = s.union(out, s.invoke_method(frame, made.single, "__iter__", [], pos, "iteration"))
        elif isinstance(made, Iterator):
            out = s.union(out, made.single)
        else:
            out = s.union(out, s.iterator_over(s.iterate(frame, made.single, pos), site, "iter"))
    return out


def _next(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = p[1] if len(p) > 1 else EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Instance):
            out = s.union(out, s.invoke_method(frame, made.single, "__next__", [], pos, "iteration"))
        else:
            out = s.union(out, s.iterate(frame, made.single, pos))
    return out


def _map(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    functions = EMPTY
    iterables = []
    for values in p:
        own = frozenset(i for i in values if s.is_callable(i))
        functions |= own
        if not own:
            iterables.append(s.iterate(frame, values, pos))
    external = frozenset(i for i in _first(p) if isinstance(s.objects[i], External))
    result = s.run_callables(frame, functions, iterables, pos)
    if external:
        result = s.union(result, s.invoke(frame, external, iterables, {}, pos, ("map", id(site))))
    return s.iterator_over(result, site, "map")


def _filter(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, p[1], pos) if len(p) > 1 else EMPTY
    s.run_callables(frame, _first(p), [elements], pos)
    return s.iterator_over(elements, site, "filter")


def _reduce(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, p[1], pos) if len(p) > 1 else EMPTY
    start = p[2] if len(p) > 2 else EMPTY
    total = s.field(s.box("list", ("reduce", id(site), id(frame))), ANY)
    s.flow(total, s.union(elements, start))
    result = s.run_callables(frame, _first(p), [s.read(total), elements], pos)
    s.flow(total, result)
    return s.union(result, start)


def _sorted(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos)
    if k.get("key"):
        s.run_callables(frame, k["key"], [elements], pos)
    else:
        s.compare_elements(frame, elements, pos)
    return s.list_of(frame, "list", elements, site)


def _extreme(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos) if len(p) == 1 else EMPTY
    if len(p) > 1:
        for values in p:
            elements = s.union(elements, values)
    if k.get("key"):
        s.run_callables(frame, k["key"], [elements], pos)
    else:
        s.compare_elements(frame, elements, pos)
    return elements


def _sum(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos)
    out = s.union(elements, s.invoke_method(frame, elements, "__add__", [elements], pos, "operator"))
    return s.union(out, s.invoke_method(frame, elements, "__radd__", [s.number_any], pos, "operator"))


def _zip(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    row = s.box("tuple", ("zip", id(site), id(frame)))
    row.length = len(p)
    for index, values in enumerate(p):
        s.flow(s.field(row, index), s.iterate(frame, values, pos))
    return s.iterator_over(row.single, site, "zip")


def _enumerate(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    row = s.box("tuple", ("enumerate", id(site), id(frame)))
    row.length = 2
    s.flow(s.field(row, 0), s.number_any)
    s.flow(s.field(row, 1), s.iterate(frame, _first(p), pos))
    return s.iterator_over(row.single, site, "enumerate")


def _reversed(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    result = s.invoke_method(frame, _first(p), "__reversed__", [], pos, "iteration")
    others = frozenset(i for i in _first(p) if not isinstance(s.objects[i], Instance))
    return s.union(result, s.iterator_over(s.iterate(frame, others, pos), site, "reversed"))


def _calls(*names: str, gives: str = "") -> _Builtin:
    def model(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        out = EMPTY
        for item in sorted(_first(p)):
            made = s.objects[item]
            if not isinstance(made, Instance):
                continue
            for name in names:
                if s.find(made.cls, name)[0]:
                    result = s.invoke_method(frame, made.single, name, p[1:], pos, "operator")
                    out = s.union(out, result)
                    break
        if gives == "number":
            return s.number_any
        if gives == "text":
            known = frozenset(i for i in _first(p) if isinstance(s.objects[i], Text))
            return s.union(out, known) or s.text_any
        return out

    return model


def _print(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    for values in p:
        s.stringify(frame, values, pos)
    return s.null


def _super(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.super_values(frame, p)


def _getattr(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    default = p[2] if len(p) > 2 else EMPTY
    return s.union(s.attributes_named(frame, _first(p), p[1], pos), default) if len(p) > 1 else EMPTY


def _setattr(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    if len(p) == 3:
        for item in sorted(p[1]):
            made = s.objects[item]
            if isinstance(made, Text) and not made.is_template:
                s.store(frame, p[0], made.text, p[2], pos)
    return s.null


def _set_plainly(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    """Run `object.__setattr__(instance, name, value)`: no `__setattr__` of the class is asked again."""
    if len(p) == 3:
        names = [t.text for t in (s.objects[i] for i in sorted(p[1])) if isinstance(t, Text) and not t.is_template]
        for item in sorted(p[0]):
            made = s.objects[item]
            for name in names if isinstance(made, Instance) else ():
                s.store_plainly(frame, made, name, p[2], pos)
    return s.null


def _import(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.import_by_name(frame, _first(p) or k.get("name", EMPTY))


def _property(label: str) -> _Builtin:
    def model(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        made = s.property_of(label, _first(p) or k.get("fget", EMPTY))
        setter = p[1] if len(p) > 1 else k.get("fset", EMPTY)
        for item in made:
            wrapper = s.objects[item]
            if isinstance(wrapper, Property):
                s.flow(wrapper.setter, setter)
        return made

    return model


def _partial(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    key = ("partial", id(site), frame.context)
    made = s.intern(key, lambda: Partial("functools.partial"))
    assert isinstance(made, Partial)
    s.flow(made.functions, _first(p))
    made.positional = p[1:]
    made.keywords = k
    return made.single


def _wrap(label: str) -> _Builtin:
    def model(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        functions = frozenset(i for i in _first(p) if s.is_callable(i))
        if functions:
            return s.wrapped(label, functions)
        return s.external_instance(f"{label}()", (id(site), frame.context)).single

    return model


def _type(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    if len(p) == 3:
        return s.make_class(frame, p, pos, site)
    out = EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Instance):
            out = s.union(out, made.cls.single)
        elif isinstance(made, ExternalInstance):
            out = s.union(out, s.external(made.type))
    return out


def _path(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return path_join(s, p, is_path=True) if p else s.text(".", is_path=True)


def _join(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return path_join(s, p, is_path=False)


def _same(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return _first(p)


def _dirname(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Text):
            out = s.union(out, s.text(made.text.rpartition("/")[0], is_template=made.is_template))
    return out


def _environ(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    default = p[1] if len(p) > 1 else k.get("default", EMPTY)
    return s.union(s.environment(_first(p)), default)


def _cwd(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.text("")


def _range(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.list_of(frame, "list", s.number_any, site)


def _globals(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    top = frame
    while top.parent is not None:
        top = top.parent
    box = s.box("dict", ("globals", top.module.facts.path))
    for name in sorted(top.local_names):
        cell = top.cells.get(name)
        if cell is not None:
            s.flow(s.field(box, name), s.read(cell))
    for name, values in (top.env if top is frame else {}).items():
        s.flow(s.field(box, name), values)
    return box.single


def _copy(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    s.invoke_method(frame, _first(p), "__deepcopy__", [EMPTY], pos, "operator")
    s.invoke_method(frame, _first(p), "__copy__", [], pos, "operator")
    return _first(p)


def _replace(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    """Return the changed copy: an object of the same class, whose fields may hold what either holds."""
    for item in sorted(_first(p)):
        made = s.objects[item]
        for name, values in k.items() if isinstance(made, Instance) else ():
            if name != "**":
                s.flow(s.field(made, name), values)
    for hook in ("__post_init__", "__attrs_post_init__", "__replace__"):
        s.invoke_method(frame, _first(p), hook, [], pos, "constructor")
    return _first(p)


def _asyncio_run(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for values in p:
        out = s.union(out, values)
    return out


def _task(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    made = s.external_instance("asyncio.Task", id(site))
    s.flow(s.field(made, CALLBACKS), _first(p) or k.get("coro", EMPTY))
    return made.single


def _chain(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for values in p:
        out = s.union(out, s.iterate(frame, values, pos))
    return s.iterator_over(out, site, "chain")


def _namedtuple(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.external_instance("collections.namedtuple()", (id(site), frame.context)).single


def _module_of(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.module_object(frame.module.name)


def _evaluate(s: Externals, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.evaluate_text(frame, _first(p), pos)


_iterated_list, _iterated_tuple, _iterated_set = _iterated("list"), _iterated("tuple"), _iterated("set")
MODELS: dict[str, _Builtin] = {
    "builtins.list": _iterated_list, "builtins.tuple": _iterated_tuple, "builtins.set": _iterated_set,
    "builtins.frozenset": _iterated_set, "collections.deque": _iterated_list, "builtins.dict": _dict,
    "collections.OrderedDict": _dict, "collections.Counter": _dict, "types.MappingProxyType": _dict,
    "builtins.iter": _iter, "builtins.aiter": _iter, "builtins.next": _next, "builtins.anext": _next,
    "builtins.map": _map, "builtins.filter": _filter, "functools.reduce": _reduce, "builtins.sorted": _sorted,
    "builtins.min": _extreme, "builtins.max": _extreme, "builtins.sum": _sum, "builtins.zip": _zip,
    "itertools.zip_longest": _zip, "itertools.product": _zip, "builtins.enumerate": _enumerate,
    "builtins.reversed": _reversed, "builtins.len": _calls("__len__", gives="number"),
    "builtins.str": _calls("__str__", "__repr__", gives="text"), "builtins.repr": _calls("__repr__", gives="text"),
    "builtins.format": _calls("__format__", "__str__", gives="text"),
    "builtins.int": _calls("__int__", "__index__", gives="number"), "builtins.float": _calls("__float__", gives="number"),
    "builtins.bool": _calls("__bool__", "__len__", gives="number"), "builtins.hash": _calls("__hash__", gives="number"),
    "builtins.abs": _calls("__abs__"), "builtins.round": _calls("__round__", gives="number"),
    "builtins.bytes": _calls("__bytes__"), "builtins.complex": _calls("__complex__"),
    "builtins.divmod": _calls("__divmod__"), "builtins.dir": _calls("__dir__"),
    "builtins.range": _range, "builtins.print": _print, "builtins.super": _super, "builtins.getattr": _getattr, "builtins.setattr": _setattr,
    "builtins.object.__setattr__": _set_plainly,
    "operator.attrgetter": _same, "importlib.import_module": _import, "builtins.__import__": _import,
    "builtins.property": _property("property"), "builtins.classmethod": _property("classmethod"),
    "builtins.staticmethod": _property("staticmethod"), "functools.cached_property": _property("property"),
    "functools.partial": _partial, "functools.update_wrapper": _same, "functools.partialmethod": _partial,
    "functools.lru_cache": _wrap("functools.lru_cache"), "functools.cache": _wrap("functools.cache"),
    "functools.singledispatch": _wrap("functools.singledispatch"),
    "functools.singledispatchmethod": _wrap("functools.singledispatchmethod"),
    "builtins.type": _type, "pathlib.Path": _path, "pathlib.PurePath": _path, "pathlib.PosixPath": _path,
    "os.path.join": _join, "posixpath.join": _join, "os.path.abspath": _same, "os.path.normpath": _same,
    "os.path.realpath": _same, "os.path.expanduser": _same, "os.fspath": _same, "os.path.dirname": _dirname,
    "os.getenv": _environ, "os.environ.get": _environ, "os.getcwd": _cwd, "pathlib.Path.cwd": _cwd,
    "builtins.globals": _globals, "builtins.locals": _globals, "copy.copy": _copy, "copy.deepcopy": _copy,
    "copy.replace": _replace, "dataclasses.replace": _replace, "attrs.evolve": _replace, "attr.evolve": _replace,
    "asyncio.run": _asyncio_run, "asyncio.gather": _asyncio_run, "asyncio.create_task": _task, "asyncio.ensure_future": _task,
    "asyncio.wait_for": _asyncio_run, "concurrent.futures.as_completed": _same, "asyncio.as_completed": _asyncio_run, "itertools.chain": _chain, "itertools.cycle": _chain,
    "typing.cast": lambda s, frame, p, k, pos, site: p[1] if len(p) > 1 else EMPTY,
    "builtins.eval": _evaluate, "builtins.exec": _evaluate, **SETTINGS, **IDIOMS, **FRAMEWORKS,
}  # fmt: skip
