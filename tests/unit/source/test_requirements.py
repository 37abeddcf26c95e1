"""Requirement lines out of packaging metadata."""

from __future__ import annotations

import pytest

from decompose.source.requirements import read_requirements


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "Pipfile",
            '[packages]\nfastapi = "*"\ntorch = "==2.1"\nx = {version = "~=1.4"}\n',
            ["fastapi", "torch==2.1", "x~=1.4"],
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\na = "^1.2.3"\n', ["a>=1.2.3,<2"]),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\na = "^0.2.3"\nb = "^0.0.3"\n',
            ["a>=0.2.3,<0.3", "b>=0.0.3,<0.0.4"],
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\na = "~1.2.3"\nb = "~1"\nc = "1.0 || 2.0"\n',
            ["a>=1.2.3,<1.3", "b>=1,<2", "c"],
        ),
        ("requirements.txt", "numpy==1.26 # fast\n-r other.txt\nhttps://x/y.whl\n", ["numpy==1.26"]),
    ],
)
def test_lines_are_ones_that_an_installer_reads(tmp_path, name, text, expected):
    (tmp_path / name).write_text(text)

    assert read_requirements(tmp_path, [name], False)[0] == expected
