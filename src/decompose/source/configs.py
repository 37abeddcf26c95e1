"""Small configuration files as plain values, for constants that code reads from them."""

from __future__ import annotations

import configparser
import json
import tomllib
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from decompose.ir.facts import ConfigFact
from decompose.source.parse import digest_of
from decompose.source.tame import encodable
from decompose.source.yamltext import load_yaml

MAX_FILES = 400
MAX_VALUES = 100_000
"""Values of one file that are kept; one with more is not configuration."""
MAX_DEPTH = 30
MIN_KEY = 12
"""Characters of a string whose line is remembered."""
_FORMATS = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json", ".ini": "ini", ".cfg": "ini"}


def read_configs(root: Path, paths: list[str]) -> list[ConfigFact]:
    """Return the configuration files that can be read, in the order given; at most `MAX_FILES`."""
    out = []
    for path in paths[:MAX_FILES]:
        try:
            data = (root / path).read_bytes()
        except OSError:
            continue
        kind = _FORMATS.get(Path(path).suffix, "env")
        content = _content(data, kind)
        out.append(ConfigFact(path, digest_of(data), kind, content, _lines(data, content)))
    return out


def _lines(data: bytes, content: Any) -> dict[str, int]:
    """Return the first line of each long string without a space."""
    found: dict[str, int] = {}
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
        elif isinstance(value, str) and len(value) >= MIN_KEY and " " not in value:
            place = data.find(value.encode())
            if place >= 0:
                found[value] = data.count(b"\n", 0, place) + 1
    return dict(sorted(found.items()))


def _content(data: bytes, kind: str) -> Any:
    try:
        text = data.decode("utf-8-sig")
        match kind:
            case "yaml":
                if len(text) > 100_000:
                    return None
                return _Plain().of(load_yaml(text))
            case "toml":
                return _Plain().of(tomllib.loads(text))
            case "json":
                return _Plain().of(json.loads(text))
            case "ini":
                parser = configparser.ConfigParser(interpolation=None, strict=False)
                parser.read_string(text)
                return {section: dict(parser[section]) for section in parser.sections()}
        return _env(text)
    except (ValueError, YAMLError, configparser.Error, RecursionError):
        return None


def _env(text: str) -> dict[str, str]:
    lines = (line.strip().removeprefix("export ") for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


class _Plain:
    """Makes plain values, of bounded number: a YAML alias may stand for a billion of them."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def of(self, value: Any, depth: int = 0) -> Any:
        """Return the value with only strings, numbers, booleans, `None`, lists and string-keyed mappings in it.

        Raises:
            ValueError: If it holds more than `MAX_VALUES` values.
        """
        self.left -= 1
        if self.left < 0:
            raise ValueError("too many values")
        if depth > MAX_DEPTH:
            return None
        if isinstance(value, dict):
            return {encodable(str(k)): self.of(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(v, depth + 1) for v in value[:500]]
        if isinstance(value, str):
            return encodable(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 62:
            return str(value)
        return value if isinstance(value, int | float | bool) or value is None else encodable(str(value))
