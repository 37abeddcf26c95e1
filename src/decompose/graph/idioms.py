"""Models of library calls that run or give back own code: scripts, configured classes, saved objects, commands."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable
from typing import Any

from decompose.graph.configured import named, names_under, symbols_named
from decompose.graph.objects import (
    ANY,
    EMPTY,
    EXTERNAL_INSTANCE,
    FUNCTION,
    INSTANCE,
    RECEIVER,
    Box,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Instance,
    Partial,
    Text,
    Values,
    place_of,
)
from decompose.graph.settings import SETTINGS

OPTION = "\0option:"
Model = Callable[[Any, Frame, list[Values], dict[str, Values], int, Any], Values]
OPTION_CALLS = "\0option calls"
MAX_HANDLES = 8
"""Objects between a call that reads and the path that it reads from."""


def texts(s: Any, values: Values) -> list[str]:
    """Return the known strings among values."""
    made = (s.objects[i] for i in sorted(values))
    return [t.text for t in made if isinstance(t, Text)]


def _plain(name: str) -> Model:
    """Return the model that only makes the external result."""

    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        return s.call_unmodelled(frame, name, -1, p, k, pos, site)  # type: ignore[no-any-return]

    return model


# -- scripts ---------------------------------------------------------------------------------------------------------


def run_command(s: Any, frame: Frame, words: list[str], pos: int, reason: str) -> None:
    """Record that a frame starts the own scripts that a command line names."""
    for index, word in enumerate(words):
        if word == "-m" and index + 1 < len(words):
            dotted = s.modules.absolute(words[index + 1], frame.module)
            if dotted is not None and s.modules.module(dotted) is None:
                dotted = f"{dotted}.__main__"
            _start(s, frame, s.modules.module(dotted) if dotted else None, pos, reason)
        elif word.endswith((".py", ".ipynb")):
            _start(s, frame, _script(s, frame, word), pos, reason)


def _script(s: Any, frame: Frame, path: str) -> Any:
    """Return the module of a script's path: beside the caller, from the root, or by an ending that only one has."""
    tail = path.replace("\\", "/").rpartition("}")[2].removeprefix("./").lstrip("/")
    beside = posixpath.normpath(posixpath.join(frame.module.folder, tail))
    for candidate in (beside, tail):
        if candidate in s.modules.by_path:
            return s.modules.by_path[candidate]
    fits = [info for known, info in s.modules.by_path.items() if tail and known.endswith("/" + tail)]
    return fits[0] if len(fits) == 1 else None


def _start(s: Any, frame: Frame, info: Any, pos: int, reason: str) -> None:
    if info is not None:
        frame.edges[(s.ensure_module(info), pos, reason, False)] = None


def _words(s: Any, frame: Frame, values: Values, pos: int) -> list[str]:
    words: list[str] = []
    for item in sorted(values):
        made = s.objects[item]
        if isinstance(made, Text):
            words += _split(made.text)
        elif isinstance(made, Box):
            places = range(made.length) if made.length is not None else [None]
            for index in places:
                found = s.take(frame, made, index)
                words += [w for text in texts(s, found) for w in ([text] if index is not None else _split(text))]
    return words


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _command(name: str) -> Model:
    plain = _plain(name)

    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        for values in (*p, k.get("args", EMPTY)) if not name.startswith("os.exec") else p:
            run_command(s, frame, _words(s, frame, values, pos), pos, f"submit:{name.partition('.')[0]}")
        return plain(s, frame, p, k, pos, site)

    return model


def _run_module(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    for name in texts(s, p[0] if p else k.get("mod_name", EMPTY)):
        run_command(s, frame, ["-m", name], pos, "submit:runpy")
    return EMPTY


# -- objects that are named or saved elsewhere -------------------------------------------------------------------------


def _instantiate(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Make what the `_target_` of a configuration names."""
    out = EMPTY
    for item in sorted(p[0] if p else k.get("config", EMPTY)):
        made = s.objects[item]
        if isinstance(made, Box):
            out = s.union(out, _make(s, frame, made, p[1:], k, pos, site, 0))
    if not out and p:
        unknown = symbols_named(s, frame, names_under(s, frame, s.text("_target_"), EMPTY), pos)
        out = s.invoke(frame, unknown, p[1:], k, pos, site)
    return out or _plain("hydra.utils.instantiate")(s, frame, p, k, pos, site)


def _make(
    s: Any, frame: Frame, box: Box, p: list[Values], k: dict[str, Values], pos: int, site: Any, depth: int
) -> Values:
    given: dict[str, Values] = {}
    for key in [x for x in box.fields if isinstance(x, str) and not x.startswith(("_", "\0"))]:
        values = s.take(frame, box, key)
        inner = [s.objects[i] for i in sorted(values)]
        nested = [b for b in inner if isinstance(b, Box) and "_target_" in b.fields]
        if nested and depth < 4:
            values = EMPTY
            for each in nested:
                values = s.union(values, _make(s, frame, each, [], {}, pos, ("nested", place_of(site), key), depth + 1))
        given[key] = values
    given.update(k)
    out = EMPTY
    for target in texts(s, s.take(frame, box, "_target_")):
        callees = named(s, frame, target, pos)
        if callees:
            out = s.union(out, s.invoke(frame, callees, p, given, pos, site, "config"))
    return out


def _located(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    names = p[0] if p else k.get("path", EMPTY)
    out = symbols_named(s, frame, names, pos)
    for name in texts(s, names):
        out = s.union(out, named(s, frame, name, pos))
    return out


def _save(value: int, target: int) -> Model:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        given = list(p) + list(k.values())
        if len(given) > max(value, target):
            kept = frozenset(i for i in given[value] if s.objects[i].kind in (INSTANCE, EXTERNAL_INSTANCE, FUNCTION, 9))
            for name in _file_names(s, given[target]) or [ANY]:
                s.flow(s.artifacts.setdefault(name, Cell()), kept)
        return s.null  # type: ignore[no-any-return]

    return model


def _restore(name: str) -> Model:
    plain = _plain(name)

    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        out = EMPTY
        source = p[0] if p else next(iter(k.values()), EMPTY)
        for file_name in _file_names(s, source) or [ANY]:
            out = s.union(out, s.read(s.artifacts.setdefault(file_name, Cell())))
        own = s.limited(out)
        return s.union(own, plain(s, frame, p, k, pos, site))  # type: ignore[no-any-return]

    return model


def _file_names(s: Any, values: Values, depth: int = 0) -> list[str]:
    """Return the file names (without folder) that a path or an open file may have."""
    names: list[str] = []
    for item in sorted(values):
        made = s.objects[item]
        if isinstance(made, Text):
            tail = made.text.rpartition("/")[2]
            names.append(tail if tail and tail != "{}" else ANY)
        elif isinstance(made, ExternalInstance) and depth < MAX_HANDLES:
            inner = made.positional[0] if made.positional else EMPTY
            receiver = made.fields.get(RECEIVER)
            if not inner and receiver is not None:
                inner = receiver.values
            names += _file_names(s, inner, depth + 1)
    return list(dict.fromkeys(names))


# -- commands --------------------------------------------------------------------------------------------------------


def _fire(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Run what python-fire offers: a function, or a class with its public methods."""
    for item in sorted(p[0] if p else k.get("component", EMPTY)):
        made = s.objects[item]
        if isinstance(made, Class):
            values = s.invoke(frame, made.single, [], {}, pos, site)
        elif isinstance(made, Instance):
            values = made.single
        elif isinstance(made, Box):
            _fire(s, frame, [s.take(frame, made, None)], {}, pos, site)
            continue
        else:
            s.run_callables(frame, s.functions_in(frame, made.single), [], pos, "protocol:fire")
            continue
        for each in sorted(values):
            receiver = s.objects[each]
            if isinstance(receiver, Instance):
                for cls in receiver.cls.mro:
                    for name in sorted(cls.fields) if isinstance(cls, Class) else ():
                        if not name.startswith("_"):
                            s.run_callables(frame, s.load(frame, receiver.single, name, pos), [], pos, "protocol:fire")
    return s.null  # type: ignore[no-any-return]


def _set_defaults(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Remember what `parser.set_defaults` puts into the namespace, with the parser and with those above it."""
    for parser in _parsers_above(s, frame, site):
        for name, values in k.items():
            s.flow(s.field(parser, OPTION + name), values)
    return s.null  # type: ignore[no-any-return]


def _option_callables(s: Any, frame: Frame, k: dict[str, Values], site: Any) -> None:
    """Remember the functions and actions that parsing will run."""
    for parser in _parsers_above(s, frame, site):
        for name in ("type", "action"):
            own = frozenset(i for i in k.get(name, EMPTY) if s.objects[i].kind in (0, 1, 2))
            s.flow(s.field(parser, OPTION_CALLS), own)


def _parsers_above(s: Any, frame: Frame, site: Any) -> list[ExternalInstance]:
    record = frame.calls.get(id(site)) if isinstance(site, list) else None
    found: dict[int, ExternalInstance] = {}
    waiting = (
        [s.objects[i].receiver for i in sorted(record.callees) if isinstance(s.objects[i], External)] if record else []
    )
    for item in waiting:
        made = s.objects[item] if item >= 0 else None
        if isinstance(made, ExternalInstance) and item not in found and len(found) < MAX_HANDLES:
            found[item] = made
            above = made.fields.get(RECEIVER)
            waiting.extend(sorted(above.values) if above is not None else ())
    return list(found.values())


def _with_callables(model: Model) -> Model:
    def add(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        _option_callables(s, frame, k, site)
        return model(s, frame, p, k, pos, site)

    return add


def _with_parsing(model: Model) -> Model:
    def parse(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        for parser in _parsers_above(s, frame, site):
            calls = parser.fields.get(OPTION_CALLS)
            for item in sorted(s.read(calls)) if calls is not None else ():
                made = s.objects[item]
                if isinstance(made, Class):
                    for instance in sorted(s.invoke(frame, made.single, [], {}, pos, ("action", item, pos))):
                        s.invoke_method(frame, s.objects[instance].single, "__call__", [], pos, "protocol:argparse")
                else:
                    s.run_callables(frame, made.single, [s.text_any], pos, "protocol:argparse")
        return model(s, frame, p, k, pos, site)

    return parse


def _getter(label: str) -> Model:
    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        made = s.intern((label, place_of(site), frame.context), lambda: Partial(label))
        made.positional, made.keywords = p, k
        return made.single  # type: ignore[no-any-return]

    return model


def _enter(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    return s.enter_context(frame, p[0] if p else EMPTY, "__", pos)  # type: ignore[no-any-return]


def _enter_async(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    return s.enter_context(frame, p[0] if p else EMPTY, "__a", pos)  # type: ignore[no-any-return]


def _defaultdict(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    box = s.box("dict", ("default", place_of(site), frame.context))
    if p:
        s.flow(s.field(box, ANY), s.invoke(frame, p[0], [], {}, pos, ("default", place_of(site))))
    if len(p) > 1:
        for item in sorted(p[1]):
            made = s.objects[item]
            if isinstance(made, Box):
                s.copy_into(frame, made, box)
    return box.single  # type: ignore[no-any-return]


def script_texts(text: str) -> list[str]:
    """Return the words of a shell line, with `%run` read as starting a script."""
    return _split(re.sub(r"^run\s+(-\S+\s+)*", "", text))


_STARTERS = (
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "subprocess.getoutput", "os.system", "os.popen", "os.execv", "os.execl", "os.spawnl", "runpy.run_path",
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "sh.python",
)  # fmt: skip
_SAVERS = {
    "pickle.dump": (0, 1), "joblib.dump": (0, 1), "dill.dump": (0, 1), "cloudpickle.dump": (0, 1), "torch.save": (0, 1),
    "pandas.to_pickle": (0, 1), "skops.io.dump": (0, 1),
}  # fmt: skip
_RESTORERS = (
    "pickle.load",
    "joblib.load",
    "dill.load",
    "cloudpickle.load",
    "torch.load",
    "pandas.read_pickle",
    "skops.io.load",
)
_ADD = "argparse.ArgumentParser.add_argument"
_PARSING = ("argparse.ArgumentParser.parse_args", "argparse.ArgumentParser.parse_known_args")
_PARSERS = ("argparse.ArgumentParser", "argparse.ArgumentParser.add_subparsers().add_parser()")
IDIOMS: dict[str, Model] = {
    **{name: _command(name) for name in _STARTERS},
    **{name: _save(*places) for name, places in _SAVERS.items()},
    **{name: _restore(name) for name in _RESTORERS},
    **{name: _with_callables(model) for name, model in SETTINGS.items() if name.endswith(".add_argument")},
    **{name: _with_parsing(SETTINGS[name]) for name in _PARSING},
    **{f"{parser}.set_defaults": _set_defaults for parser in _PARSERS},
    **{f"{parser}.add_argument": _with_callables(SETTINGS[_ADD]) for parser in _PARSERS[1:]},
    "runpy.run_module": _run_module,
    "hydra.utils.instantiate": _instantiate,
    "hydra.utils.call": _instantiate,
    "hydra.utils.get_class": _located,
    "hydra.utils.get_method": _located,
    "hydra.utils.get_object": _located,
    "pydoc.locate": _located,
    "django.utils.module_loading.import_string": _located,
    "fire.Fire": _fire,
    "operator.attrgetter": _getter("operator.attrgetter"),
    "operator.methodcaller": _getter("operator.methodcaller"),
    "operator.itemgetter": _getter("operator.itemgetter"),
    "contextlib.ExitStack.enter_context": _enter,
    "contextlib.AsyncExitStack.enter_context": _enter,
    "contextlib.AsyncExitStack.enter_async_context": _enter_async,
    "collections.defaultdict": _defaultdict,
}
"""Models by qualified name, in the shape of `graph.externals`."""
