"""Templates to files: the runtime as it stands, everything else from a record of the context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from decompose.errors import GenerateError
from decompose.resources import template_root
from decompose.scaffold.context import SystemContext
from decompose.scaffold.facades import LINE_LENGTH
from decompose.scaffold.messages import Messages
from decompose.scaffold.pytext import HEADER, comment, doc_literal, pystr

_COMMENTED = (".py", ".yaml", ".toml", ".txt", "Dockerfile")
"""Ends of the names of files in which a line may start with `#`."""


def render_templates(
    context: SystemContext, messages: Mapping[str, Messages], *, is_in_place: bool = False, own: tuple[Path, ...] = ()
) -> dict[str, bytes]:
    """Return every file that is made from a template, by path in the workspace.

    Args:
        context: What the templates write down.
        messages: Messages of each service, by its name.
        is_in_place: Whether the monolith goes on running, with switches in it.
        own: Folders laid out as the built-in one; what stands there goes before what is built in.

    Raises:
        GenerateError: If a template cannot be read or rendered, with its file and line.
    """
    try:
        return _rendered(context, messages, (*own, template_root()), is_in_place=is_in_place)
    except TemplateError as error:
        place = f"{getattr(error, 'filename', None) or 'a template'}:{getattr(error, 'lineno', None) or 1}"
        hint = "templates/service/TEMPLATES.md lists what a template is given"
        raise GenerateError(f"{place}: {error.message or error}", hint=hint) from error


def _rendered(
    context: SystemContext, messages: Mapping[str, Messages], roots: tuple[Path, ...], *, is_in_place: bool
) -> dict[str, bytes]:
    environment = Environment(
        loader=FileSystemLoader(roots),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (no HTML here; text of the analysed code enters by `pystr` alone)
    )
    environment.filters |= {"pystr": pystr, "docstring": doc_literal, "comment": comment, "json": json.dumps}
    environment.filters |= {"pytuple": _tuple_literal, "pydict": _dict_literal}
    places = {"packages/runtime": "packages/runtime", "packages/contracts": "packages/contracts", "system": ""}
    places |= {"pipeline": "pipelines"} if context.steps else {}
    places |= {"in_place": ""} if is_in_place else {}
    files: dict[str, bytes] = {}
    for folder, target in places.items():
        files |= _folder(roots, folder, target, environment, {"system": context})
    for service in context.services:
        variables: dict[str, object] = {"system": context, "service": service}
        files |= _folder(roots, "service", f"services/{service.name}", environment, variables)
        if not service.constraints:
            files.pop(f"services/{service.name}/constraints.txt", None)
        variables = {**variables, "messages": messages[service.name]}
        for name, template in (("", "service"), ("_messages", "messages")):
            content = environment.get_template(f"contract/{template}.py.jinja").render(variables).encode()
            files[f"packages/contracts/src/service_contracts/{service.name}{name}.py"] = content
    return files


def _folder(
    roots: tuple[Path, ...], folder: str, target: str, environment: Environment, variables: dict[str, object]
) -> dict[str, bytes]:
    """Render one template folder; `dot_name` becomes `.name`, the suffix `.jinja` goes."""
    found: dict[Path, Path] = {}
    for root in reversed(roots):
        found |= {path.relative_to(root / folder): path for path in (root / folder).rglob("*") if path.is_file()}
    files = {}
    for relative, path in sorted(found.items()):
        if "__pycache__" in relative.parts or relative.name == "TEMPLATES.md":
            continue
        name = "/".join(part.replace("dot_", ".", 1) if part.startswith("dot_") else part for part in relative.parts)
        if path.suffix == ".jinja":
            template = environment.get_template(f"{folder}/{relative.as_posix()}")
            name = name.removesuffix(".jinja")
            content = _with_header(name, template.render(variables)).encode()
        else:
            content = path.read_bytes()
        files[f"{target}/{name}" if target else name] = content
    return files


def _tuple_literal(items: tuple[str, ...], column: int = 0, indent: int = 0) -> str:
    """Return a tuple of strings, laid out as the formatter would from `column` on."""
    one_line = "(" + ", ".join(map(pystr, items)) + ("," if len(items) == 1 else "") + ")"
    return (
        one_line if column + len(one_line) + 1 <= LINE_LENGTH else _spread("(", [pystr(i) for i in items], ")", indent)
    )


def _dict_literal(items: tuple[tuple[str, str], ...], column: int = 0, indent: int = 0) -> str:
    pairs = [f"{pystr(key)}: {pystr(value)}" for key, value in items]
    one_line = "{" + ", ".join(pairs) + "}"
    return one_line if column + len(one_line) + 1 <= LINE_LENGTH else _spread("{", pairs, "}", indent)


def _spread(opening: str, items: list[str], closing: str, indent: int) -> str:
    pad = " " * indent
    return opening + "\n" + "".join(f"{pad}    {item},\n" for item in items) + pad + closing


def _with_header(name: str, text: str) -> str:
    return f"{HEADER}\n{text}" if text and name.endswith(_COMMENTED) else text
