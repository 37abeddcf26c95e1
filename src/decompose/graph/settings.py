"""Values that come from settings: configuration files of the tree, command-line defaults.

A file that is part of the tree is read as data, so that a path written in `config.yaml` is known in the code that
opens it. What a command line may change keeps its default; an option without one is a template that bears its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph.objects import (
    EMPTY,
    RECEIVER,
    Box,
    External,
    ExternalInstance,
    Frame,
    Instance,
    Text,
    Values,
    place_of,
)
from decompose.ir.facts import ConfigFact

MAX_ITEMS = 400
"""Entries of one configuration file that are kept; larger files are data, not settings."""
MAX_HANDLES = 12
"""Objects between a call that reads and the path that it reads from."""
_OPTION = "\0option:"
_HANDLE_KEYS = ("file", "filename", "path", "name")
Model = Callable[[Any, Frame, list[Values], dict[str, Values], int, Any], Values]


def _loaded(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return the content of the configuration file that is read, or an unknown mapping."""
    source = p[0] if p else next((v for n, v in k.items() if n in ("stream", "fp", "f", "file_", "file")), EMPTY)
    out = EMPTY
    for config in _configs(s, source):
        out = s.union(out, content_of(s, config))
    return out or _unmodelled(s, frame, p, k, pos, site)


def _wrapped(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return the mappings that an attribute-style dictionary (`box.ConfigBox(content)`) is made of."""
    out = EMPTY
    for values in (*p, *k.values()):
        for item in sorted(values):
            if isinstance(s.objects[item], Box | Instance):
                out = s.union(out, s.objects[item].single)
    return out or _unmodelled(s, frame, p, k, pos, site)


def _unmodelled(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Call what a model has no answer for as any other external function."""
    name = "{}"
    for item in frame.calls[id(site)].callees if isinstance(site, list) else ():
        made = s.objects[item]
        if isinstance(made, External):
            name = made.name
    return s.call_unmodelled(frame, name, -1, p, k, pos, site)  # type: ignore[no-any-return]


def content_of(s: Any, config: ConfigFact) -> Values:
    """Return the content of a configuration file, made into values on first use."""
    place = (config.path,)
    if isinstance(config.content, dict):
        box = s.box("dict", ("config", place))
        if box.fields:
            return box.single  # type: ignore[no-any-return]
    return _value(s, config.content, place, [MAX_ITEMS])


def _value(s: Any, content: object, place: tuple[object, ...], budget: list[int]) -> Values:
    budget[0] -= 1
    if budget[0] < 0 or content is None:
        return s.null if content is None else EMPTY
    if isinstance(content, dict):
        box = s.box("dict", ("config", place))
        for key, value in content.items():
            s.flow(
                s.field(box, key if isinstance(key, str | int) else str(key)), _value(s, value, (*place, key), budget)
            )
        return box.single  # type: ignore[no-any-return]
    if isinstance(content, list):
        box = s.box("list", ("config", place))
        box.length = len(content)
        for index, value in enumerate(content):
            s.flow(s.field(box, index), _value(s, value, (*place, index), budget))
        return box.single  # type: ignore[no-any-return]
    if isinstance(content, bool | int | float):
        return s.number(content)  # type: ignore[no-any-return]
    return s.text(str(content))  # type: ignore[no-any-return]


def _configs(s: Any, source: Values, seen: frozenset[int] = frozenset()) -> list[ConfigFact]:
    """Return the configuration files that a path or an open file may name."""
    found: list[ConfigFact] = []
    for item in sorted(source - seen):
        made = s.objects[item]
        if isinstance(made, ExternalInstance):
            held = next((made.keywords[n] for n in _HANDLE_KEYS if n in made.keywords), None)
            inner = held if held is not None else made.positional[0] if made.positional else EMPTY
            receiver = made.fields.get(RECEIVER)
            if not inner and receiver is not None:
                inner = receiver.values
            if inner and len(seen) < MAX_HANDLES:
                found.extend(_configs(s, inner, seen | source))
        elif isinstance(made, Text):
            config = _config(s, made.text)
            if config is not None:
                found.append(config)
    return found


def _config(s: Any, text: str) -> ConfigFact | None:
    """Return the configuration file of the tree that a path names: from the root, or by an ending that only one has."""
    tail = text.replace("\\", "/").rpartition("}")[2].removeprefix("./").lstrip("/")
    if not tail:
        return None
    fits = [c for c in s.facts.configs if c.path == tail]
    if not fits:
        while tail.startswith("../"):
            tail = tail[3:]
        fits = [c for c in s.facts.configs if c.path == tail or c.path.endswith("/" + tail)]
    return fits[0] if len(fits) == 1 else None


def names_config(s: Any, text: str) -> bool:
    """Return whether a path names a configuration file of the tree."""
    return _config(s, text) is not None


# -- command line ----------------------------------------------------------------------------------------------------


def _add_argument(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Remember an option's default with its parser."""
    names = [t.text for values in p for t in (s.objects[i] for i in sorted(values)) if isinstance(t, Text)]
    given = [t.text for t in (s.objects[i] for i in sorted(k.get("dest", EMPTY))) if isinstance(t, Text)]
    longest = next((n for n in names if n.startswith("--")), names[0] if names else "")
    name = given[0] if given else longest.lstrip("-").replace("-", "_")
    if name:
        default = k.get("default") or s.text(f"{{{name}}}", is_template=True)
        if "choices" in k and k.get("default"):
            default = s.union(default, s.iterate(frame, k["choices"], pos))
        for parser in _parsers(s, frame, site):
            s.flow(s.field(parser, _OPTION + name), default)
    return EMPTY


def _parse_args(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return a namespace that holds the defaults of the parser's options."""
    out = EMPTY
    for parser in _parsers(s, frame, site):
        space = s.external_instance("argparse.Namespace", parser.id)
        for key, cell in list(parser.fields.items()):
            if isinstance(key, str) and key.startswith(_OPTION):
                s.flow(s.field(space, key[len(_OPTION) :]), s.read(cell))
        out = s.union(out, space.single)
    return out or s.external_instance("argparse.Namespace", pos).single


def _parse_known(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    box = s.box("tuple", ("known", place_of(site)))
    box.length = 2
    s.flow(s.field(box, 0), _parse_args(s, frame, p, k, pos, site))
    return box.single  # type: ignore[no-any-return]


def _parsers(s: Any, frame: Frame, site: Any) -> list[ExternalInstance]:
    """Return the parsers on which a method is called; a group stands for its parser."""
    record = frame.calls.get(id(site)) if isinstance(site, list) else None
    found = []
    for item in sorted(record.callees) if record is not None else ():
        made = s.objects[item]
        receiver = made.receiver if isinstance(made, External) else -1
        for _ in range(3):
            owner = s.objects[receiver] if receiver >= 0 else None
            if not isinstance(owner, ExternalInstance):
                break
            if owner.type == "argparse.ArgumentParser":
                found.append(owner)
                break
            held = owner.fields.get(RECEIVER)
            receiver = min(held.values) if held is not None and held.values else -1
    return found


def _option(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return the default of `typer.Option`, `typer.Argument` and their like."""
    return s.union(k.get("default", EMPTY), p[0] if p else EMPTY)  # type: ignore[no-any-return]


def _basename(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return the last part of paths and URLs."""
    out = EMPTY
    for item in sorted(p[0]) if p else ():
        made = s.objects[item]
        if isinstance(made, Text):
            last = made.text.replace("\\", "/").rstrip("/").rpartition("/")[2]
            out = s.union(out, s.text(last, is_template="{" in last))
    return out or s.text_any


def _record(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return an instance of a `collections.namedtuple` class: its arguments are its fields."""
    record = frame.calls.get(id(site)) if isinstance(site, list) else None
    made = s.external_instance("collections.namedtuple()()", (place_of(site), frame.context))
    for item in sorted(record.callees) if record is not None else ():
        factory = s.objects[item]
        if isinstance(factory, ExternalInstance):
            for name, values in zip(_fields(s, factory), p, strict=False):
                s.flow(s.field(made, name), values)
    for name, values in k.items():
        s.flow(s.field(made, name), values)
    return made.single  # type: ignore[no-any-return]


def _fields(s: Any, factory: ExternalInstance) -> list[str]:
    stated = factory.keywords.get("field_names") or (factory.positional[1] if len(factory.positional) > 1 else EMPTY)
    for item in sorted(stated):
        made = s.objects[item]
        if isinstance(made, Text):
            return made.text.replace(",", " ").split()
        if isinstance(made, Box):
            cells = [made.fields[i] for i in range(made.length or 0) if i in made.fields]
            texts = [s.objects[min(c.values)] for c in cells if c.values]
            return [t.text for t in texts if isinstance(t, Text)]
    return []


_LOADERS = (
    "yaml.safe_load", "yaml.load", "yaml.full_load", "yaml.unsafe_load", "json.load", "tomllib.load", "toml.load",
    "omegaconf.OmegaConf.load", "tomli.load", "json.loads", "tomllib.loads", "toml.loads", "tomli.loads", "hjson.load", "json5.load",
)  # fmt: skip
_DICTIONARIES = (
    "box.Box", "box.ConfigBox", "box.DefaultBox", "munch.Munch", "munch.munchify", "munch.Munch.fromDict", "munch.DefaultMunch.fromDict",
    "easydict.EasyDict", "addict.Dict", "attrdict.AttrDict", "dotmap.DotMap", "ml_collections.ConfigDict",
    "ml_collections.config_dict.ConfigDict", "omegaconf.OmegaConf.create", "omegaconf.OmegaConf.merge",
    "omegaconf.OmegaConf.to_container", "omegaconf.OmegaConf.to_object", "omegaconf.DictConfig", "prodict.Prodict.from_dict", "yacs.config.CfgNode",
)  # fmt: skip
"""Dictionaries whose keys are attributes too, and what makes them of others."""
_GROUPS = ("", ".add_argument_group()", ".add_mutually_exclusive_group()")
SETTINGS: dict[str, Model] = {
    **dict.fromkeys(_LOADERS, _loaded),
    **dict.fromkeys(_DICTIONARIES, _wrapped),
    **{f"argparse.ArgumentParser{group}.add_argument": _add_argument for group in _GROUPS},
    "argparse.ArgumentParser.parse_args": _parse_args,
    "argparse.ArgumentParser.parse_known_args": _parse_known,
    "collections.namedtuple()": _record,
    "os.path.basename": _basename,
    "posixpath.basename": _basename,
    "typer.Option": _option,
    "typer.Argument": _option,
}
"""Models of calls that read settings, by qualified name, in the shape of `graph.externals`."""
