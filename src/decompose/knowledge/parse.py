"""One data file, read: groups of API names that share what is said about them.

The files are TOML, with groups `[[api]]` (functions, methods, properties), `[[class]]`, `[[attribute]]` (what instances
hold) and `[[default]]` (all else below a prefix). `names` holds names separated by white space, each `name`,
`name(argument)` or `name(argument@position)`, optionally followed by `->returns`; what the group says holds for each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec

from decompose.errors import ConfigError
from decompose.ir.graph import AssetKind, Resource, Role
from decompose.knowledge.record import Api, AssetEffect

Table = Mapping[str, Any]
"""One TOML table."""

_TOKEN = re.compile(r"([\w.]+)(?:\((\*{0,2}\w*)(?:@(-?\d+))?\))?(?:->(\S+))?")
_GROUP_KEYS = frozenset(
    ("within", "names", "role", "weight", "effect", "asset", "format", "argument", "position", "other", "other_position",
     "returns", "resource", "mutates", "like", "until")
)  # fmt: skip
_ALLOWED = {
    "role": frozenset((*get_args(Role), "inference", "")),
    "effect": frozenset(get_args(AssetEffect)),
    "asset": frozenset((*get_args(AssetKind), "")),
    "resource": frozenset((*get_args(Resource), "")),
}


@dataclass(frozen=True, slots=True)
class Library:
    """What one data file says."""

    name: str
    distribution: str = ""
    """Name on the package index; empty for the standard library."""
    version: str = ""
    """Version it was written for."""
    apis: dict[str, Api] = field(default_factory=dict)
    """Functions, classes and methods by qualified name."""
    like: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Families and classes whose methods a class has too, by class."""
    defaults: dict[str, Api] = field(default_factory=dict)
    """What holds for every other name below a dotted prefix."""
    held: set[str] = field(default_factory=set)
    """Attributes that instances get when they are made: the class itself does not have them."""
    until: dict[str, str] = field(default_factory=dict)
    """Last version that has a name, for names that newer versions dropped."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Dotted prefix to the prefix that documentation uses."""


def parse_library(text: str, name: str) -> Library:
    """Return what a data file says.

    Raises:
        ConfigError: If the text is not TOML, or a key or value is unknown.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: not a TOML file: {error}") from error
    library = Library(name, tables.get("distribution", ""), tables.get("version", ""), aliases=tables.get("alias", {}))
    for section, target in (
        ("api", library.apis),
        ("attribute", library.apis),
        ("class", library.apis),
        ("default", library.defaults),
    ):
        for group in tables.get(section, ()):
            _check(group, name)
            for api in _apis(group, name, is_class=section == "class"):
                target[api.name] = api
                if section == "attribute":
                    library.held.add(api.name)
                if group.get("until"):
                    library.until[api.name] = group["until"]
                if group.get("like"):
                    library.like[api.name] = tuple(group["like"].split())
    return library


def _apis(group: Table, library: str, *, is_class: bool) -> Iterator[Api]:
    said = {key: group[key] for key in group if key not in ("within", "names", "like", "until")}
    shared = Api(name="", library=library, is_class=is_class, **said)
    for within in group.get("within", "").split() or [""]:
        prefix = f"{within}." if within else ""
        for token in group["names"].split():
            yield _api(prefix, token, shared)


def _api(prefix: str, token: str, shared: Api) -> Api:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ConfigError(
            f"{shared.library}: cannot read the name `{token}`", hint="write `name(argument@position)->returns`"
        )
    name, argument, position, returns = match.groups()
    changes: dict[str, Any] = {"name": prefix + name}
    if argument:
        changes["argument"] = argument
    if position:
        changes["position"] = int(position)
    if returns:
        changes["returns"] = returns
    elif shared.is_class and not shared.returns:
        changes["returns"] = prefix + name
    return msgspec.structs.replace(shared, **changes)


def _check(group: Table, library: str) -> None:
    unknown = sorted(set(group) - _GROUP_KEYS)
    if unknown or "names" not in group:
        raise ConfigError(
            f"{library}: unknown key `{unknown[0]}`" if unknown else f"{library}: a group without `names`"
        )
    for key, allowed in _ALLOWED.items():
        if group.get(key, "") not in allowed:
            raise ConfigError(
                f"{library}: `{group[key]}` is no {key}", hint=f"one of {', '.join(sorted(filter(None, allowed)))}"
            )
