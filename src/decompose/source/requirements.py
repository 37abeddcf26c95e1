"""What packaging metadata says: requirement lines, console entry points, the tree's own distributions; read statically."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from decompose.knowledge.distributions import CONDA

_CONDA_LINE = re.compile(r"(?P<name>[\w.-]+)\s*(?P<sign>[=<>!~]*)(?P<version>.*)")
_LINE = re.compile(r"^[A-Za-z0-9][\w.\-]*")


@dataclass(slots=True)
class Packaging:
    """What the packaging metadata of a tree says."""

    lines: set[str] = field(default_factory=set)
    """Requirement lines (PEP 508)."""
    scripts: dict[str, str] = field(default_factory=dict)
    """Console entry points: name to `module:function`."""
    folders: set[str] = field(default_factory=lambda: {""})
    """Folders (POSIX, relative) that are import roots."""
    distributions: set[str] = field(default_factory=set)
    """Names of the distributions that are made of the tree itself."""


def read_requirements(root: Path, paths: list[str], has_setup: bool) -> Packaging:
    """Return what the packaging metadata of a tree says.

    Args:
        root: Folder analysed.
        paths: Metadata files, relative to it.
        has_setup: Whether a `setup.py` stands at its top.
    """
    found = Packaging()
    for path in paths:
        try:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        name = path.rpartition("/")[2]
        try:
            _READERS.get(name, _plain_lines)(text, found)
        except (ValueError, YAMLError, configparser.Error, TypeError, AttributeError, KeyError):
            continue
        if name in {"pyproject.toml", "setup.cfg"}:
            found.folders.add(path.rpartition("/")[0])
    if has_setup:
        _setup_py(root / "setup.py", found)
    return found


def _plain_lines(text: str, found: Packaging) -> None:
    for raw in text.splitlines():
        line = raw.split(" #", 1)[0].strip().rstrip("\\").strip()
        if _LINE.match(line) and "/" not in re.split("[@;]", line, maxsplit=1)[0]:
            found.lines.add(line.split(" --hash", 1)[0].strip())


def _pyproject(text: str, found: Packaging) -> None:
    content = tomllib.loads(text)
    project: dict[str, Any] = content.get("project", {})
    found.lines.update(project.get("dependencies", []))
    found.scripts.update(project.get("scripts", {}))
    found.distributions.update(_names(project.get("name")))
    poetry: dict[str, Any] = content.get("tool", {}).get("poetry", {})
    found.distributions.update(_names(poetry.get("name")))
    for name, wanted in poetry.get("dependencies", {}).items():
        if name != "python":
            _add_table_line(name, wanted, found)
    for name, source in content.get("tool", {}).get("uv", {}).get("sources", {}).items():
        if isinstance(source, dict) and source.keys() & {"path", "workspace"}:
            found.distributions.add(name)
    found.scripts.update({k: v for k, v in poetry.get("scripts", {}).items() if isinstance(v, str)})


def _add_table_line(name: str, wanted: Any, found: Packaging) -> None:
    """Note a dependency of Poetry or Pipenv: a line, or the name of a neighbour that stands on disk."""
    if isinstance(wanted, dict) and "path" in wanted:
        found.distributions.add(name)
    elif isinstance(wanted, dict) and isinstance(wanted.get("git"), str):
        revision = next((str(wanted[key]) for key in ("rev", "ref", "tag", "branch") if key in wanted), "")
        found.lines.add(f"{name} @ git+{wanted['git']}{'@' if revision else ''}{revision}")
    else:
        found.lines.add(_poetry_line(name, wanted))


def _poetry_line(name: str, wanted: Any) -> str:
    return name + _specifier(str(wanted.get("version", "") if isinstance(wanted, dict) else wanted).strip())


def _specifier(version: str) -> str:
    """Return the specifier that a version or range of Poetry stands for; empty when it is any version."""
    if not version or version == "*" or "|" in version:
        return ""
    if version[0] in "^~" and version[1:2].isdigit():
        return f">={version[1:]},<{_end_of_range(version)}"
    return version if version[0] in "<>=!~" else f"=={version}"


def _end_of_range(version: str) -> str:
    """Return the first version that a caret (`^1.2`: the same leftmost part above zero) or tilde range leaves out."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]]
    if version[0] == "~":
        last = min(len(parts), 2) - 1
    else:
        last = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    return ".".join(map(str, [*parts[:last], parts[last] + 1]))


def _pipfile(text: str, found: Packaging) -> None:
    for name, wanted in tomllib.loads(text).get("packages", {}).items():
        _add_table_line(name, wanted, found)


def _setup_cfg(text: str, found: Packaging) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    found.distributions.update(_names(parser.get("metadata", "name", fallback="")))
    _plain_lines(parser.get("options", "install_requires", fallback=""), found)
    for line in parser.get("options.entry_points", "console_scripts", fallback="").splitlines():
        name, equals, target = line.partition("=")
        if equals:
            found.scripts[name.strip()] = target.strip()


def _environment(text: str, found: Packaging) -> None:
    content = YAML(typ="safe").load(text) or {}
    for item in content.get("dependencies", []):
        if isinstance(item, dict):
            _plain_lines("\n".join(map(str, item.get("pip", []))), found)
        elif isinstance(item, str) and (line := conda_line(item)):
            found.lines.add(line)


def conda_line(item: str) -> str:
    """Return a line of conda as pip has it: `name=1.2` is any 1.2, and some distributions have other names there."""
    found = _CONDA_LINE.fullmatch(item.rpartition("::")[2].strip())
    if found is None or found["name"] in ("python", "pip"):
        return ""
    name, sign, version = CONDA.get(found["name"], found["name"]), found["sign"], found["version"].strip()
    if sign not in ("", "=") or not version:
        return f"{name}{sign}{version}"
    version, _, build = version.replace(" ", "=").partition("=")
    return f"{name}=={version}" if build or version.endswith("*") else f"{name}=={version}.*"


def _setup_py(path: Path, found: Packaging) -> None:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        is_setup = ast.unparse(node.func).rpartition(".")[2] == "setup"
        for keyword in node.keywords:
            value = _literal(keyword.value)
            if keyword.arg == "name" and is_setup:
                found.distributions.update(_names(value))
            elif keyword.arg == "install_requires" and isinstance(value, list):
                found.lines.update(str(x) for x in value if isinstance(x, str))
            elif keyword.arg == "entry_points":
                listed = value.get("console_scripts", []) if isinstance(value, dict) else []
                for line in listed:
                    name, equals, target = str(line).partition("=")
                    if equals:
                        found.scripts[name.strip()] = target.strip()


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and _LINE.fullmatch(value) else []


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None


_READERS = {
    "Pipfile": _pipfile, "pyproject.toml": _pyproject, "setup.cfg": _setup_cfg, "environment.yml": _environment,
    "environment.yaml": _environment, "conda.yaml": _environment, "conda.yml": _environment,
}  # fmt: skip
