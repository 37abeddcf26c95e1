"""Models of built-in functions, methods and standard-library calls that values flow through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph import rules
from decompose.graph.configured import bears_key, is_fetched_module, module_named, names_under, symbols_named
from decompose.graph.iteration import Iteration
from decompose.graph.objects import (
    ANY,
    EMPTY,
    FUNCTION,
    REGISTERED,
    Bound,
    Box,
    Cell,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Iterator,
    Method,
    ModuleObject,
    Number,
    Partial,
    Property,
    Super,
    Text,
    Values,
    place_of,
)
from decompose.graph.strings import joined
from decompose.graph.text_methods import TextMethods

Arguments = tuple[list[Values], dict[str, Values], int, object]
"""Positional, keyword, place and site of a call."""
Model = Callable[[Any, Frame, list[Values], dict[str, Values], int, object], Values]
CALLABLE_KINDS = (0, 1, 2, 12)


class Models(Iteration, TextMethods):
    """Built-in behaviour."""

    def call_builtin_method(
        self, frame: Frame, made: Method, positional: list[Values], keywords: dict[str, Values], pos: int, site: object
    ) -> Values:
        """Call a method of a string, container, iterator, property or function."""
        receiver = self.objects[made.receiver]
        name = made.name
        if isinstance(receiver, Property):
            return self._property_part(frame, receiver, name, positional)
        if isinstance(receiver, Box):
            frame.edges[(f"builtins.{receiver.type}.{name}", pos, "direct", False)] = None
            return self._box_method(frame, receiver, name, positional, keywords, pos, site)
        if isinstance(receiver, Text):
            kind = "pathlib.Path" if receiver.is_path else "builtins.str"
            frame.edges[(f"{kind}.{name}", pos, "direct", False)] = None
            return self._text_method(frame, receiver, name, positional, keywords, pos)
        if isinstance(receiver, Iterator):
            if name in ("send", "asend") and receiver.frame is not None and positional:
                self.flow(receiver.frame.cells.setdefault("\0sent", Cell()), positional[0])
            return self.read(receiver.cell) if name in ("__next__", "send", "__anext__", "asend") else EMPTY
        if isinstance(receiver, Class) and name == "__subclasses__":
            box = self.box("list", ("subclasses", receiver.id))
            for sub in receiver.subclasses:
                self.flow(self.field(box, ANY), self.objects[sub].single)
            return box.single
        if isinstance(receiver, Class | Bound) and name in rules.REMOTE_CALLS:
            return self.invoke(frame, receiver.single, positional, keywords, pos, site, "submit:remote")
        if isinstance(receiver, Function | Partial):
            return self._function_method(frame, receiver, name, positional, keywords, pos, site)
        return EMPTY

    def _function_method(
        self,
        frame: Frame,
        receiver: Function | Partial,
        name: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        if name in ("__call__", "__wrapped__"):
            return self.invoke(frame, receiver.single, positional, keywords, pos, site)
        if name in ("command", "group", "callback", "result_callback"):
            return self.method(receiver.id, f"{name}()")
        if name.endswith("()") and positional:
            self.flow(self.field(receiver, REGISTERED), positional[0])
            return positional[0]
        if name in rules.REMOTE_CALLS:
            given = positional if name not in ("map", "starmap") else [self.iterate(frame, v, pos) for v in positional]
            return self.invoke(frame, receiver.single, given, keywords, pos, site, "submit:remote")
        if name == "register" and isinstance(receiver, Partial):
            for values in positional:
                functions = frozenset(i for i in values if self.objects[i].kind == FUNCTION)
                self.flow(receiver.extra, functions)
                if functions:
                    return values
            key = ("register", receiver.id, place_of(site))
            made = self.intern(key, lambda: Method(receiver.id, "register"))
            return made.single
        return EMPTY

    def _property_part(self, frame: Frame, receiver: Property, name: str, positional: list[Values]) -> Values:
        if name == "setter" and positional:
            self.flow(receiver.setter, positional[0])
        elif name == "getter" and positional:
            self.flow(receiver.getter, positional[0])
        elif name == "deleter" and positional:
            self.flow(self.field(receiver, "deleter"), positional[0])
        return receiver.single

    # -- containers -------------------------------------------------------------------------------------------------

    def _box_method(
        self,
        frame: Frame,
        box: Box,
        name: str,
        positional: list[Values],
        keywords: dict[str, Values],
        pos: int,
        site: object,
    ) -> Values:
        first = positional[0] if positional else EMPTY
        match name:
            case "append" | "add" | "appendleft" | "put" | "put_nowait":
                self._append(frame, box, first)
            case "insert":
                box.length = None
                self.put(frame, box, ANY, positional[1] if len(positional) > 1 else EMPTY, replace=False)
            case "extend" | "extendleft" | "union" | "__iadd__":
                box.length = None
                self.put(frame, box, ANY, self.iterate(frame, first, pos), replace=False)
                return box.single if name == "union" else self.null
            case "__setitem__" if len(positional) > 1:
                self.store_item(frame, box.single, first, positional[1], pos)
            case "__init__" if box.type != "dict":
                self.put(frame, box, ANY, self.iterate(frame, first, pos), replace=False)
            case "update" | "__init__":
                self._update(frame, box, first, keywords, pos)
            case "setdefault":
                default = positional[1] if len(positional) > 1 else self.null
                for key in self.keys_of(first, box) or [None]:
                    self.put(frame, box, ANY if key is None else key, default, replace=False)
                return self._get(frame, box, first)
            case "get" | "pop" | "popleft" | "popitem" | "get_nowait" | "__getitem__":
                if box.type != "dict":
                    return self.subscript(frame, box.single, first, pos) if first else self.take(frame, box, None)
                default = positional[1] if len(positional) > 1 else EMPTY
                return names_under(self, frame, first, self.union(self._get(frame, box, first), default))
            case "values":
                return self._view(frame, box, self._values_of(frame, box), site)
            case "keys":
                return self._view(frame, box, self.keys_in(frame, box), site)
            case "items":
                pair = self.box("tuple", ("item", box.id))
                pair.length = 2
                self.flow(self.field(pair, 0), self.keys_in(frame, box))
                self.flow(self.field(pair, 1), self._values_of(frame, box))
                return self._view(frame, box, pair.single, site)
            case "copy" | "__copy__" | "difference" | "intersection" | "fromkeys" | "most_common":
                return box.single
            case "sort":
                self.run_callables(frame, keywords.get("key", EMPTY), [self.take(frame, box, None)], pos)
                self.compare_elements(frame, self.take(frame, box, None), pos)
            case "index" | "count":
                return self.number_any
        return self.null

    def _append(self, frame: Frame, box: Box, values: Values) -> None:
        if box.length is not None and frame.fresh.get(box.id) == frame.block:
            self.put(frame, box, box.length, values, replace=True)
            box.length += 1
        else:
            box.length = None
            self.put(frame, box, ANY, values, replace=False)

    def _update(self, frame: Frame, box: Box, first: Values, keywords: dict[str, Values], pos: int) -> None:
        for item in sorted(first):
            made = self.objects[item]
            if isinstance(made, Box):
                self.copy_into(frame, made, box)
        for name, values in keywords.items():
            self.put(frame, box, ANY if name == "**" else name, values, replace=True)

    def _get(self, frame: Frame, box: Box, key: Values) -> Values:
        if not key:
            return self._values_of(frame, box)
        out = EMPTY
        for constant in self.keys_of(key, box):
            is_known = type(constant) is not tuple or constant in box.fields
            held = self.take(frame, box, constant) if constant is not None and is_known else self._values_of(frame, box)
            out = self.union(out, held)
        return out

    def _values_of(self, frame: Frame, box: Box) -> Values:
        self.read(box.shape)
        keys = dict.fromkeys(k for k in box.fields if k != "\0keys")
        keys.update(dict.fromkeys(frame.stored.get(box.id, ())))
        out = EMPTY
        for key in keys:
            out = self.union(out, self._held(frame, box, key))
        return self.limited(self.rows(frame, (box.id,), out))

    def keys_in(self, frame: Frame, box: Box) -> Values:
        """Return the keys of a dict."""
        self.read(box.shape)
        held = box.fields.get("\0keys")
        out = self.read(held) if held is not None else EMPTY
        keys = dict.fromkeys(box.fields)
        keys.update(dict.fromkeys(frame.stored.get(box.id, ())))
        for key in keys:
            if isinstance(key, str) and key[:1] != "\0":
                out = self.union(out, self.text(key))
            elif isinstance(key, int | float):
                out = self.union(out, self.number(key))
            elif isinstance(key, tuple):
                out = self.union(out, self.objects[key[1]].single)
        return self.limited(out)

    def _view(self, frame: Frame, box: Box, values: Values, site: object) -> Values:
        view = self.box("list", ("view", place_of(site), box.id))
        self.flow(self.field(view, ANY), values)
        return view.single

    # -- strings and paths --------------------------------------------------------------------------------------------

    def load_builtin(self, frame: Frame, made: Any, name: str) -> Values:
        """Return an attribute of a string, path, container or iterator."""
        if (
            isinstance(made, Box)
            and isinstance(made.site, tuple)
            and made.site[:1] == ("config",)
            and name in made.fields
        ):
            return self.take(frame, made, name)
        if isinstance(made, Text) and made.is_path:
            match name:
                case "parent":
                    return self.text(_parent(made.text), is_template=made.is_template, is_path=True)
                case "parents":
                    box = self.box("list", ("parents", made.id))
                    place = made.text
                    for index in range(6):
                        place = _parent(place)
                        self.flow(self.field(box, index), self.text(place, is_template=made.is_template, is_path=True))
                    box.length = 6
                    return box.single
                case "name":
                    return self.text(made.text.rpartition("/")[2], is_template=made.is_template)
                case "stem":
                    tail = made.text.rpartition("/")[2]
                    return self.text(tail.rpartition(".")[0] or tail, is_template=made.is_template)
                case "suffix":
                    tail = made.text.rpartition("/")[2]
                    if made.is_template and tail.endswith("}"):
                        return self.text("{}", is_template=True)
                    return self.text("." + tail.rpartition(".")[2] if "." in tail else "", is_template=made.is_template)
        return self.method(made.id, name)

    # -- iteration --------------------------------------------------------------------------------------------------

    def enter_context(self, frame: Frame, values: Values, prefix: str, pos: int) -> Values:
        """Return what `with` binds; calls `__enter__` and `__exit__`."""
        out = EMPTY
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Instance):
                entered = self.invoke_method(frame, made.single, f"{prefix}enter__", [], pos, "context")
                none = self.null
                self.invoke_method(frame, made.single, f"{prefix}exit__", [none, none, none], pos, "context")
                out = self.union(out, entered if self.find(made.cls, f"{prefix}enter__")[0] else made.single)
            elif isinstance(made, Iterator):
                out = self.union(out, self.read(made.cell))
            else:
                out = self.union(out, made.single)
        return out

    # -- running what is handed over ------------------------------------------------------------------------------------

    def run_callables(
        self,
        frame: Frame,
        values: Values,
        arguments: list[Values],
        pos: int,
        reason: str = "higher_order",
        *,
        is_possible: bool = False,
    ) -> Values:
        """Call the own functions among some values."""
        own = frozenset(i for i in values if self.is_callable(i))
        if not own:
            return EMPTY
        return self.invoke(
            frame, own, arguments, {}, pos, ("callback", pos, id(frame)), reason, is_possible=is_possible
        )

    def is_callable(self, item: int) -> bool:
        """Return whether an object is an own function, bound method, class or partial, or has `__call__`."""
        made = self.objects[item]
        if isinstance(made, Bound):
            return isinstance(self.objects[made.function], Function | Partial)
        if isinstance(made, Instance):
            return bool(self.find(made.cls, "__call__")[0])
        return made.kind in CALLABLE_KINDS

    def compare_elements(self, frame: Frame, values: Values, pos: int) -> None:
        """Call what sorting calls: `__lt__`."""
        self.invoke_method(frame, values, "__lt__", [values], pos, "operator")

    def iterator_over(self, values: Values, site: object, label: str) -> Values:
        """Return an iterator over values at a site."""
        box = self.box("list", (label, place_of(site), id(self.current)))
        self.flow(self.field(box, ANY), values)
        return self.iterator(self.field(box, ANY), label)

    def list_of(self, frame: Frame, kind: str, values: Values, site: object) -> Values:
        """Return a container with any of the values."""
        box = self.box(kind, ("of", place_of(site), id(frame)))
        self.flow(self.field(box, ANY), values)
        return box.single

    def super_values(self, frame: Frame, positional: list[Values]) -> Values:
        """Return what `super(...)` gives in a method."""
        holder: Frame | None = frame
        while holder is not None and (
            holder.cls is None or not holder.scope.parameters or holder.scope.kind == "lambda"
        ):
            holder = holder.parent
        cls = frame.cls
        receivers = holder.env.get(holder.scope.parameters[0].name, EMPTY) if holder is not None else EMPTY
        if holder is not None and not receivers:
            receivers = self.read(holder.parameters[0])
        if len(positional) >= 2:
            for item in positional[0]:
                made = self.objects[item]
                cls = made if isinstance(made, Class) else cls
            receivers = positional[1]
        out = EMPTY
        if cls is None:
            return out
        for item in sorted(receivers):
            made = self.objects[item]
            if isinstance(made, Instance | Class):
                out = self.union(out, self.intern(("super", cls.id, item), lambda i=item, c=cls: Super(c, i)).single)
        return out

    def import_by_name(self, frame: Frame, names: Values, package: Values, pos: int) -> Values:
        """Return the modules of some names (`importlib.import_module`), those below a package for `.name`."""
        out = EMPTY
        for item in sorted(names):
            made = self.objects[item]
            is_below = isinstance(made, Text) and made.text.startswith(".") and not made.text.startswith("..")
            if is_below and package:
                for each in sorted(joined(self, [package, made.single])):
                    out = self.union(out, self._import_text(frame, self.objects[each], pos))
            elif bears_key(made):
                out = self.union(out, module_named(self))
            elif isinstance(made, Text):
                out = self.union(out, self._import_text(frame, made, pos))
        return out

    def _import_text(self, frame: Frame, made: Text, pos: int) -> Values:
        """Return the module that a text names, or all modules that fit one with an unknown part."""
        if not made.is_template:
            dotted = self.modules.absolute(made.text.lstrip("."), frame.module) if made.text.strip(".") else None
            if not dotted:
                return self.external(made.text)
            self.note_import(frame, made.text, dotted, pos)
            return self.import_module(dotted)
        out = EMPTY
        prefix, _, suffix = made.text.partition("{")
        suffix = suffix.partition("}")[2]
        for info in self.modules.infos if prefix and made.text.count("{") == 1 else ():
            if any(name.startswith(prefix) and name.endswith(suffix) for name in info.names):
                self.note_import(frame, info.name, info.name, pos)
                out = self.union(out, self.import_module(info.name))
        return out

    def attributes_named(self, frame: Frame, base: Values, names: Values, pos: int) -> Values:
        """Return `getattr(base, name)` for known or partly known names."""
        out = EMPTY
        if self.config_names and any(is_fetched_module(self.objects[i]) for i in base):
            out = symbols_named(self, frame, names, pos)
        for item in sorted(names):
            made = self.objects[item]
            if not isinstance(made, Text):
                continue
            if not made.is_template:
                out = self.union(out, self.load(frame, base, made.text, pos))
            elif made.text.replace("{}", "").strip("_"):
                for name in self._names_like(base, made.text):
                    out = self.union(out, self.load(frame, base, name, pos))
        return out

    def _names_like(self, base: Values, template: str) -> list[str]:
        prefix, _, rest = template.partition("{")
        suffix = rest.rpartition("}")[2]
        found: dict[str, None] = {}
        for item in sorted(base):
            made = self.objects[item]
            names: list[str] = []
            if isinstance(made, Instance):
                names = [n for c in made.cls.mro if isinstance(c, Class) for n in c.fields]
            elif isinstance(made, Class):
                names = [n for c in made.mro if isinstance(c, Class) for n in c.fields]
            elif isinstance(made, ModuleObject) and made.info is not None:
                names = sorted(self.ensure_module(made.info).local_names)
            found.update((n, None) for n in names if n.startswith(prefix) and n.endswith(suffix))
        return list(found)

    def truth_value(self, values: Values) -> Any:
        """Return the constant that a value is, or `None`."""
        for item in values:
            made = self.objects[item]
            if isinstance(made, Number):
                return made.value
        return None

    def external_name(self, item: int) -> str:
        """Return the dotted name of an external object, else nothing."""
        made = self.objects[item]
        return made.name if isinstance(made, External) else ""


def _parent(place: str) -> str:
    head, slash, _ = place.rpartition("/")
    return head or ("/" if slash else ".")
