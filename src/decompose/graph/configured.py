"""Classes and functions that configuration files name, where code takes the name from a mapping that is not known.

A project's own `instantiate(config)` reads `config["_target_"]` and fetches that symbol by `getattr(import_module(…), …)`.
Which file became `config` often cannot be told, but which own symbols the tree's files name under that key can: the text
that the key gives is a template that bears the key (`{named:_target_}`), and what is fetched by it is those symbols.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from decompose.graph.objects import EMPTY, External, ExternalInstance, Frame, Object, Partial, Text, Values
from decompose.ir.facts import ConfigFact

CONFIGURED = "config"
"""Label of the partial that stands for a symbol named in configuration files; its calls are possible ones."""
MODULE_TYPE = "types.ModuleType"
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*[.:][A-Za-z_]\w*")
_BEARS_KEY = re.compile(r"\{named:([^{}]*)\}")


def names_by_key(configs: Iterable[ConfigFact]) -> dict[str, tuple[str, ...]]:
    """Return the dotted names that configuration files hold as values, sorted, by key."""
    found: dict[str, set[str]] = {}
    for config in configs:
        for key, value in _entries(config.content):
            if _DOTTED.fullmatch(value):
                found.setdefault(key, set()).add(value.replace(":", "."))
    return {key: tuple(sorted(names)) for key, names in sorted(found.items())}


def _entries(content: object) -> Iterator[tuple[str, str]]:
    """Return the texts of a configuration with the keys under which they stand."""
    waiting = [content]
    for each in waiting:
        if isinstance(each, dict):
            waiting.extend(each.values())
            yield from ((str(k), v) for k, v in each.items() if isinstance(v, str))
        elif isinstance(each, list):
            waiting.extend(each)


def names_under(s: Any, frame: Frame, keys: Values, known: Values) -> Values:
    """Return what a mapping gives under some keys: what is known and, without a known text, what files name there."""
    if any(isinstance(s.objects[i], Text) and not s.objects[i].is_template for i in known):
        return known
    out = known
    for item in sorted(keys):
        made = s.objects[item]
        if isinstance(made, Text) and any(_own(s, frame, name) for name in s.config_names.get(made.text, ())):
            out = s.union(out, s.text(f"{{named:{made.text}}}", is_template=True))
    return out


def bears_key(made: Object) -> bool:
    """Return whether an object is a text that configuration files hold."""
    return isinstance(made, Text) and made.is_template and _BEARS_KEY.search(made.text) is not None


def module_named(s: Any) -> Values:
    """Return the module of a name that configuration files hold."""
    return s.external_instance(MODULE_TYPE, CONFIGURED).single  # type: ignore[no-any-return]


def is_fetched_module(made: Object) -> bool:
    """Return whether an object is a module fetched by a name that is not known."""
    by_import = isinstance(made, ExternalInstance) and made.type == MODULE_TYPE
    return by_import or (isinstance(made, External) and made.name == "sys.modules")


def named(s: Any, frame: Frame, dotted: str, pos: int) -> Values:
    """Return what a dotted name means: the attribute of the longest prefix that is an own module, else external."""
    parts = dotted.split(".")
    for count in range(len(parts) - 1, 0, -1):
        own = s.modules.absolute(".".join(parts[:count]), frame.module)
        if own is not None:
            values = s.import_module(own)
            for name in parts[count:]:
                values = s.load(frame, values, name, pos)
            return values  # type: ignore[no-any-return]
    return s.external(dotted) if len(parts) > 1 else EMPTY  # type: ignore[no-any-return]


def symbols_named(s: Any, frame: Frame, names: Values, pos: int) -> Values:
    """Return the own symbols that files name under the keys that some texts bear."""
    out = EMPTY
    for item in sorted(names):
        found = _BEARS_KEY.fullmatch(made.text) if isinstance(made := s.objects[item], Text) else None
        for dotted in s.config_names.get(found[1], ()) if found else ():
            if _own(s, frame, dotted):
                for each in sorted(named(s, frame, dotted, pos)):
                    symbol = s.intern((CONFIGURED, each), lambda: Partial(CONFIGURED))
                    s.flow(symbol.functions, s.objects[each].single)
                    out = s.union(out, symbol.single)
    return out


def call_possibly(
    s: Any, frame: Frame, made: Partial, p: list[Values], k: dict[str, Values], pos: int, site: Any
) -> Values:
    """Call a symbol that configuration files name; the edges that only this call adds are possible ones."""
    known = set(frame.edges)
    out = s.invoke(frame, s.read(made.functions), p, k, pos, site, "config")
    for edge in [e for e in frame.edges if e not in known]:
        del frame.edges[edge]
        frame.edges[(*edge[:3], True)] = None
    return out  # type: ignore[no-any-return]


def _own(s: Any, frame: Frame, dotted: str) -> bool:
    """Return whether a dotted name means something that an own module binds."""
    module, _, name = dotted.rpartition(".")
    own = s.modules.absolute(module, frame.module) if module else None
    info = s.modules.module(own) if own is not None else None
    return info is not None and name in info.local_names(0)
