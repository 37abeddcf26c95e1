"""Requirement lines and console entry points from packaging metadata, read statically."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_LINE = re.compile(r"^[A-Za-z0-9][\w.\-]*")


def read_requirements(root: Path, paths: list[str], has_setup: bool) -> tuple[list[str], dict[str, str], list[str]]:
    """Return requirement lines (PEP 508, sorted), console scripts, and folders that are import roots.

    Args:
        root: Folder analysed.
        paths: Metadata files, relative to it.
        has_setup: Whether a `setup.py` stands at its top.
    """
    lines: set[str] = set()
    scripts: dict[str, str] = {}
    folders = {""}
    for path in paths:
        try:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        name = path.rpartition("/")[2]
        try:
            _READERS.get(name, _plain_lines)(text, lines, scripts)
        except (ValueError, YAMLError, configparser.Error, TypeError, AttributeError, KeyError):
            continue
        if name in {"pyproject.toml", "setup.cfg"}:
            folders.add(path.rpartition("/")[0])
    if has_setup:
        _setup_py(root / "setup.py", lines, scripts)
    return sorted(lines), dict(sorted(scripts.items())), sorted(folders)


def _plain_lines(text: str, lines: set[str], scripts: dict[str, str]) -> None:
    for raw in text.splitlines():
        line = raw.split(" #", 1)[0].strip().rstrip("\\").strip()
        if _LINE.match(line) and "://" not in line.split("@")[0]:
            lines.add(line.split(" --hash", 1)[0].strip())


def _pyproject(text: str, lines: set[str], scripts: dict[str, str]) -> None:
    content = tomllib.loads(text)
    project: dict[str, Any] = content.get("project", {})
    lines.update(project.get("dependencies", []))
    scripts.update(project.get("scripts", {}))
    poetry: dict[str, Any] = content.get("tool", {}).get("poetry", {})
    groups = [poetry.get("dependencies", {})]
    for name, wanted in groups[0].items():
        if name != "python":
            lines.add(_poetry_line(name, wanted))
    scripts.update({k: v for k, v in poetry.get("scripts", {}).items() if isinstance(v, str)})


def _poetry_line(name: str, wanted: Any) -> str:
    version = str(wanted.get("version", "") if isinstance(wanted, dict) else wanted).strip()
    if not version or version == "*" or "|" in version:
        return name
    if version[0] in "^~" and version[1:2].isdigit():
        return f"{name}>={version[1:]},<{_end_of_range(version)}"
    return f"{name}{version}" if version[0] in "<>=!~" else f"{name}=={version}"


def _end_of_range(version: str) -> str:
    """Return the first version that a caret (`^1.2`: the same leftmost part above zero) or tilde range leaves out."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]]
    if version[0] == "~":
        last = min(len(parts), 2) - 1
    else:
        last = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    return ".".join(map(str, [*parts[:last], parts[last] + 1]))


def _pipfile(text: str, lines: set[str], scripts: dict[str, str]) -> None:
    for name, wanted in tomllib.loads(text).get("packages", {}).items():
        lines.add(_poetry_line(name, wanted))


def _setup_cfg(text: str, lines: set[str], scripts: dict[str, str]) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    _plain_lines(parser.get("options", "install_requires", fallback=""), lines, scripts)
    for line in parser.get("options.entry_points", "console_scripts", fallback="").splitlines():
        name, equals, target = line.partition("=")
        if equals:
            scripts[name.strip()] = target.strip()


def _environment(text: str, lines: set[str], scripts: dict[str, str]) -> None:
    content = YAML(typ="safe").load(text) or {}
    for item in content.get("dependencies", []):
        if isinstance(item, dict):
            _plain_lines("\n".join(map(str, item.get("pip", []))), lines, scripts)
        elif isinstance(item, str) and not item.startswith(("python", "pip")):
            name, _, version = item.partition("=")
            lines.add(f"{name}=={version.partition('=')[0]}" if version and version[0].isdigit() else item)


def _setup_py(path: Path, lines: set[str], scripts: dict[str, str]) -> None:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg == "install_requires":
                found = _literal(keyword.value)
                lines.update(str(x) for x in found if isinstance(x, str)) if isinstance(found, list) else None
            elif keyword.arg == "entry_points":
                found = _literal(keyword.value)
                listed = found.get("console_scripts", []) if isinstance(found, dict) else []
                for line in listed:
                    name, equals, target = str(line).partition("=")
                    if equals:
                        scripts[name.strip()] = target.strip()


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None


_READERS = {
    "Pipfile": _pipfile, "pyproject.toml": _pyproject, "setup.cfg": _setup_cfg, "environment.yml": _environment,
    "environment.yaml": _environment, "conda.yaml": _environment, "conda.yml": _environment,
}  # fmt: skip
