"""The quick reader of YAML gives what the full one gives, or steps aside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from decompose.source.yamltext import load_yaml

SCALARS = (
    "a", "yes", "No", "on", "true", "FALSE", "~", "null", "''", '"x: y"', "1", "-7", "007", "0o17", "0x1F", "0b11", "1_000",
    "1.5", "-0.0", ".5", "1e3", "1.0e-4", "1.e3", ".inf", "-.INF", ".nan", "2024-01-02", "2024-01-02 03:04:05", "12:30",
    "3.0.0", "0.05 - 0.8", "10-100", "=", "<<", "a b", "a#b", "a #b", "- x", "pkg.mod.Class", "é", "&x 1", "*x", "!t a",
    "!!str 1", "[1, a]", "{a: 1}", "{a:1}", "[a:b, c]", "[]", "{}", "|\n  text\n  more", ">\n  text\n  more", "a\tb", "?",
    "...",
)  # fmt: skip
LINES = st.builds(
    lambda depth, mark, key, value: "  " * depth + mark + (f"{key}: {value}" if key else value),
    st.integers(0, 2),
    st.sampled_from(["", "", "- "]),
    st.sampled_from(["a", "b", "c", "1", "on", "<<", ""]),
    st.sampled_from(SCALARS),
)


def outcome(load: Any, text: str) -> str:
    try:
        return repr(load(text))
    except (YAMLError, ValueError, TypeError) as error:
        return type(error).__name__


def full(text: str) -> Any:
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("scalar", SCALARS)
@pytest.mark.parametrize(
    "frame", ["{}", "a: {}", "- {}", "a: [{}, 2]", "a: {{b: {}}}", "{}: 1", "--- {}\n", "%YAML 1.1\n---\na: {}"]
)
def test_a_value_is_read_as_the_full_reader_reads_it(scalar: str, frame: str) -> None:
    text = frame.format(scalar)

    assert outcome(load_yaml, text) == outcome(full, text)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=6))
def test_documents_are_read_as_the_full_reader_reads_them(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert outcome(load_yaml, text) == outcome(full, text)
