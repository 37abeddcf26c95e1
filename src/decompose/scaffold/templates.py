"""Templates to files: the runtime as it stands, everything else from a record of the context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from decompose.resources import template_root
from decompose.scaffold.context import SystemContext
from decompose.scaffold.facades import LINE_LENGTH
from decompose.scaffold.messages import Messages
from decompose.scaffold.pytext import HEADER, comment, doc_literal, pystr

_COMMENTED = (".py", ".yaml", ".toml", ".txt", "Dockerfile")
"""Ends of the names of files in which a line may start with `#`."""


def render_templates(
    context: SystemContext, messages: Mapping[str, Messages], *, is_in_place: bool = False
) -> dict[str, bytes]:
    """Return every file that is made from a template, by path in the workspace.

    Args:
        context: What the templates write down.
        messages: Messages of each service, by its name.
        is_in_place: Whether the monolith goes on running, with switches in it.
    """
    root = template_root()
    environment = Environment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (no HTML here; text of the analysed code enters by `pystr` alone)
    )
    environment.filters |= {"pystr": pystr, "docstring": doc_literal, "comment": comment, "json": json.dumps}
    environment.filters |= {"pytuple": _tuple_literal, "pydict": _dict_literal}
    files = _folder(root / "packages" / "runtime", "packages/runtime", environment, {"system": context})
    files |= _folder(root / "packages" / "contracts", "packages/contracts", environment, {"system": context})
    files |= _folder(root / "system", "", environment, {"system": context})
    if context.steps:
        files |= _folder(root / "pipeline", "pipelines", environment, {"system": context})
    if is_in_place:
        files |= _folder(root / "in_place", "", environment, {"system": context})
    for service in context.services:
        variables: dict[str, object] = {"system": context, "service": service}
        files |= _folder(root / "service", f"services/{service.name}", environment, variables)
        variables = {**variables, "messages": messages[service.name]}
        for name, template in (("", "service"), ("_messages", "messages")):
            content = environment.get_template(f"contract/{template}.py.jinja").render(variables).encode()
            files[f"packages/contracts/src/service_contracts/{service.name}{name}.py"] = content
    return files


def _folder(folder: Path, target: str, environment: Environment, variables: dict[str, object]) -> dict[str, bytes]:
    """Render one template folder; `dot_name` becomes `.name`, the suffix `.jinja` goes."""
    files = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not path.is_file() or "__pycache__" in relative.parts or relative.name == "TEMPLATES.md":
            continue
        name = "/".join(part.replace("dot_", ".", 1) if part.startswith("dot_") else part for part in relative.parts)
        if path.suffix == ".jinja":
            template = environment.get_template(path.relative_to(template_root()).as_posix())
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
