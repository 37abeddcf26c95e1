"""Manifests as text: built from plain values, so that nothing of the analysed code can change their structure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from decompose.scaffold.pytext import HEADER

_PLAIN = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null|inf|nan)$)[A-Za-z/][A-Za-z0-9_./-]*", re.IGNORECASE)
"""Strings that every YAML version reads as the string they are."""


def yaml_text(documents: Iterable[Mapping[str, object]], *, note: str = "") -> bytes:
    """Return the documents as one YAML file.

    Args:
        documents: Mappings of strings, numbers, lists and mappings, in the order in which they are to stand.
        note: Lines for the reader, put at the top as a comment.
    """
    stream = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 4096
    head = "".join(f"# {line}\n" for line in note.split("\n") if line)
    for number, document in enumerate(documents):
        stream.write("---\n" if number else f"{HEADER}\n{head}")
        writer.dump(_quoted(document), stream)
    return stream.getvalue().encode()


def _quoted(value: object) -> object:
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        return DoubleQuotedScalarString(value)
    return value
