"""Models of built-in and standard-library functions: what a call of one gives, and which own code it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph.objects import (
    ANY,
    CALLBACKS,
    EMPTY,
    Box,
    External,
    ExternalInstance,
    Frame,
    Instance,
    Iterator,
    Partial,
    Property,
    Text,
    Values,
    place_of,
)
from decompose.graph.strings import joined, path_join

_Builtin = Callable[[Any, Frame, list[Values], dict[str, Values], int, object], Values]


def _first(positional: list[Values]) -> Values:
    return positional[0] if positional else EMPTY


def _iterated(kind: str) -> _Builtin:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        source = [s.objects[i] for i in sorted(_first(p))]
        box = s.box(kind, ("made", place_of(site), id(frame)))
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


def _dict(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    box = s.box("dict", ("made", place_of(site), id(frame)))
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


def _iter(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
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


def _next(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = p[1] if len(p) > 1 else EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Instance):
            out = s.union(out, s.invoke_method(frame, made.single, "__next__", [], pos, "iteration"))
        else:
            out = s.union(out, s.iterate(frame, made.single, pos))
    return out


def _map(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
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
        result = s.union(result, s.invoke(frame, external, iterables, {}, pos, ("map", place_of(site))))
    return s.iterator_over(result, site, "map")


def _filter(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, p[1], pos) if len(p) > 1 else EMPTY
    s.run_callables(frame, _first(p), [elements], pos)
    return s.iterator_over(elements, site, "filter")


def _reduce(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, p[1], pos) if len(p) > 1 else EMPTY
    start = p[2] if len(p) > 2 else EMPTY
    total = s.field(s.box("list", ("reduce", place_of(site), id(frame))), ANY)
    s.flow(total, s.union(elements, start))
    result = s.run_callables(frame, _first(p), [s.read(total), elements], pos)
    s.flow(total, result)
    return s.union(result, start)


def _sorted(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos)
    if k.get("key"):
        s.run_callables(frame, k["key"], [elements], pos)
    else:
        s.compare_elements(frame, elements, pos)
    return s.list_of(frame, "list", elements, site)


def _extreme(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos) if len(p) == 1 else EMPTY
    if len(p) > 1:
        for values in p:
            elements = s.union(elements, values)
    if k.get("key"):
        s.run_callables(frame, k["key"], [elements], pos)
    else:
        s.compare_elements(frame, elements, pos)
    return elements


def _sum(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    elements = s.iterate(frame, _first(p), pos)
    out = s.union(elements, s.invoke_method(frame, elements, "__add__", [elements], pos, "operator"))
    return s.union(out, s.invoke_method(frame, elements, "__radd__", [s.number_any], pos, "operator"))


def _zip(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    row = s.box("tuple", ("zip", place_of(site), id(frame)))
    row.length = len(p)
    for index, values in enumerate(p):
        s.flow(s.field(row, index), s.iterate(frame, values, pos))
    return s.iterator_over(row.single, site, "zip")


def _enumerate(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    row = s.box("tuple", ("enumerate", place_of(site), id(frame)))
    row.length = 2
    s.flow(s.field(row, 0), s.number_any)
    s.flow(s.field(row, 1), s.iterate(frame, _first(p), pos))
    return s.iterator_over(row.single, site, "enumerate")


def _reversed(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    result = s.invoke_method(frame, _first(p), "__reversed__", [], pos, "iteration")
    others = frozenset(i for i in _first(p) if not isinstance(s.objects[i], Instance))
    return s.union(result, s.iterator_over(s.iterate(frame, others, pos), site, "reversed"))


def _calls(*names: str, gives: str = "") -> _Builtin:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
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


def _print(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    for values in p:
        s.stringify(frame, values, pos)
    return s.null


def _super(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.super_values(frame, p)


def _getattr(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    default = p[2] if len(p) > 2 else EMPTY
    return s.union(s.attributes_named(frame, _first(p), p[1], pos), default) if len(p) > 1 else EMPTY


def _setattr(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    if len(p) == 3:
        for item in sorted(p[1]):
            made = s.objects[item]
            if isinstance(made, Text) and not made.is_template:
                s.store(frame, p[0], made.text, p[2], pos)
    return s.null


def _set_plainly(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    """Run `object.__setattr__(instance, name, value)`: no `__setattr__` of the class is asked again."""
    if len(p) == 3:
        names = [t.text for t in (s.objects[i] for i in sorted(p[1])) if isinstance(t, Text) and not t.is_template]
        for item in sorted(p[0]):
            made = s.objects[item]
            for name in names if isinstance(made, Instance) else ():
                s.store_plainly(frame, made, name, p[2], pos)
    return s.null


def _import(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    package = p[1] if len(p) > 1 else k.get("package", EMPTY)
    return s.import_by_name(frame, _first(p) or k.get("name", EMPTY), package, pos)


def _iter_modules(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    """`pkgutil.iter_modules(path, prefix)`: finder, name that begins with the prefix, whether it is a package."""
    prefix = p[1] if len(p) > 1 else k.get("prefix", EMPTY)
    name = joined(s, [prefix, s.text_any]) if prefix else s.text_any
    unpacked = s.box("tuple", ("listed", place_of(site), id(frame)))
    unpacked.length = 3
    s.flow(s.field(unpacked, 1), name)
    named = s.external_instance("pkgutil.ModuleInfo", ("listed", place_of(site), id(frame)))
    s.flow(s.field(named, "name"), name)
    return s.iterator_over(s.union(unpacked.single, named.single), site, "listed")


def _property(label: str) -> _Builtin:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        made = s.property_of(label, _first(p) or k.get("fget", EMPTY))
        setter = p[1] if len(p) > 1 else k.get("fset", EMPTY)
        for item in made:
            wrapper = s.objects[item]
            if isinstance(wrapper, Property):
                s.flow(wrapper.setter, setter)
        return made

    return model


def _partial(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    key = ("partial", place_of(site), frame.context)
    made = s.intern(key, lambda: Partial("functools.partial"))
    assert isinstance(made, Partial)
    s.flow(made.functions, _first(p))
    made.positional = p[1:]
    made.keywords = k
    return made.single


def _wrap(label: str) -> _Builtin:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        functions = frozenset(i for i in _first(p) if s.is_callable(i))
        if functions:
            return s.wrapped(label, functions)
        return s.external_instance(f"{label}()", (place_of(site), frame.context)).single

    return model


def _type(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
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


def _path(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return path_join(s, p, is_path=True) if p else s.text(".", is_path=True)


def _join(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return path_join(s, p, is_path=False)


def _unbound(name: str) -> _Builtin:
    """Return the model of a method that is called on its class: `Path.resolve(path)` for `path.resolve()`."""

    def call(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
        if name == "joinpath":
            return path_join(s, p, is_path=True)
        out = EMPTY
        for item in sorted(_first(p)):
            if isinstance(s.objects[item], Text):
                out = s.union(out, s.invoke(frame, s.method(item, name), p[1:], k, pos, site))
        return out

    return call


def _same(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return _first(p)


def _dirname(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for item in sorted(_first(p)):
        made = s.objects[item]
        if isinstance(made, Text):
            out = s.union(out, s.text(made.text.rpartition("/")[0], is_template=made.is_template))
    return out


def _environ(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    default = p[1] if len(p) > 1 else k.get("default", EMPTY)
    return s.union(s.environment(_first(p)), default)


def _cwd(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.text("")


def _range(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.list_of(frame, "list", s.number_any, site)


def _globals(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
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


def _copy(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    s.invoke_method(frame, _first(p), "__deepcopy__", [EMPTY], pos, "operator")
    s.invoke_method(frame, _first(p), "__copy__", [], pos, "operator")
    return _first(p)


def _replace(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    """Return the changed copy: an object of the same class, whose fields may hold what either holds."""
    for item in sorted(_first(p)):
        made = s.objects[item]
        for name, values in k.items() if isinstance(made, Instance) else ():
            if name != "**":
                s.flow(s.field(made, name), values)
    for hook in ("__post_init__", "__attrs_post_init__", "__replace__"):
        s.invoke_method(frame, _first(p), hook, [], pos, "constructor")
    return _first(p)


def _asyncio_run(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for values in p:
        out = s.union(out, values)
    return out


def _task(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    made = s.external_instance("asyncio.Task", place_of(site))
    s.flow(s.field(made, CALLBACKS), _first(p) or k.get("coro", EMPTY))
    return made.single


def _chain(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    out = EMPTY
    for values in p:
        out = s.union(out, s.iterate(frame, values, pos))
    return s.iterator_over(out, site, "chain")


def _evaluate(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: object) -> Values:
    return s.evaluate_text(frame, _first(p), pos)


_iterated_list, _iterated_tuple, _iterated_set = _iterated("list"), _iterated("tuple"), _iterated("set")
BUILTINS: dict[str, _Builtin] = {
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
    "pkgutil.iter_modules": _iter_modules, "pkgutil.walk_packages": _iter_modules,
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
    "builtins.eval": _evaluate, "builtins.exec": _evaluate,
    **{
        f"pathlib.{cls}.{name}": _unbound(name)
        for cls in ("Path", "PosixPath", "PurePath")
        for name in ("joinpath", "resolve", "absolute", "expanduser", "with_suffix", "as_posix")
    },
}  # fmt: skip
