"""Writes `docs/reference/` from the code: commands, Python API, plan file. Run after a change; a test compares.

python docs/make_reference.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import decompose
from decompose.cli.app import app
from decompose.ir.plan import Plan

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- written by docs/make_reference.py; do not edit -->\n"


def pages() -> dict[str, str]:
    """Return the text of every generated page by file name."""
    return {"cli.md": "".join(_commands()), "api.md": "".join(_functions()), "plan.md": "".join(_plan())}


def _commands() -> Iterator[str]:
    yield f"{NOTE}# Commands\n\nExit code 0: done. 1: done, but the answer is no. 2: could not be done. 130: interrupted.\n"
    group: Any = typer.main.get_command(app)
    for name, command in _walk("decompose", group):
        yield f"\n## `{name}`\n\n{(command.help or '').strip()}\n"
        rows = [_row(parameter) for parameter in command.params if parameter.name not in {"help", "install_completion"}]
        if rows:
            yield "\n| option | meaning | default |\n| --- | --- | --- |\n" + "".join(rows)


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for child in sorted(getattr(command, "commands", {})):
        yield from _walk(f"{name} {child}", command.commands[child])


def _row(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    label = ", ".join(parameter.opts) if is_option else (parameter.metavar or parameter.name.upper())
    meaning = " ".join((getattr(parameter, "help", "") or "").split()).replace("|", "\\|")
    default = parameter.default
    is_plain = default is not None and not callable(default) and default is not False and default != ""
    return f"| `{label}` | {meaning} | {f'`{default}`' if is_plain else ''} |\n"


def _functions() -> Iterator[str]:
    yield f"{NOTE}# Python API\n"
    for name in decompose.__all__:
        thing = getattr(decompose, name)
        if inspect.isfunction(thing):
            signature = str(inspect.signature(thing)).replace("'", "")
            yield f"\n## `decompose.{name}`\n\n```text\n{name}{signature}\n```\n\n```text\n{inspect.getdoc(thing)}\n```\n"
        elif inspect.isclass(thing):
            yield f"\n## `decompose.{name}`\n\n{inspect.getdoc(thing)}\n"


def _plan() -> Iterator[str]:
    yield f"{NOTE}# The plan file\n\n`decompose.yaml`. `decompose schema plan` prints its schema, for editors.\n"
    schema = Plan.model_json_schema()
    for name, record in {"Plan": schema, **schema.get("$defs", {})}.items():
        yield f"\n## {name}\n\n{' '.join(str(record.get('description', '')).split())}\n"
        if "properties" in record:
            yield "\n| key | type | meaning |\n| --- | --- | --- |\n"
        for key, field in record.get("properties", {}).items():
            meaning = " ".join(str(field.get("description", "")).split()).replace("|", "\\|")
            yield f"| `{key}` | {_type(field)} | {meaning} |\n"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(_type(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}" if isinstance(field.get("items"), dict) else "list"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"mapping to {_type(field['additionalProperties'])}"
    return str(field.get("type", "any"))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(f"wrote {FOLDER / name}")
