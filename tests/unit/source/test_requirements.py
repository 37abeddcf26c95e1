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

    assert sorted(read_requirements(tmp_path, [name], False).lines) == expected


@pytest.mark.parametrize(
    ("name", "text", "lines", "own"),
    [
        ("pyproject.toml", '[project]\nname = "lab"\ndependencies = ["numpy"]\n', {"numpy"}, {"lab"}),
        (
            "pyproject.toml",
            '[tool.poetry]\nname = "lab"\n[tool.poetry.dependencies]\nkit = {path = "../kit"}\n'
            'a = {git = "https://h/a", tag = "1"}\n',
            {"a @ git+https://h/a@1"},
            {"lab", "kit"},
        ),
        ("pyproject.toml", '[tool.uv.sources]\nkit = {workspace = true}\n[project]\nname = "lab"\n', set(), {"lab", "kit"}),
        ("Pipfile", '[packages]\nlab = {path = ".", editable = true}\nb = "*"\n', {"b"}, {"lab"}),
        ("setup.cfg", "[metadata]\nname = lab\n[options]\ninstall_requires =\n    numpy\n", {"numpy"}, {"lab"}),
        ("requirements.txt", "-e .\n./kit\nlibs/kit\nnumpy\n", {"numpy"}, set()),
    ],
)  # fmt: skip
def test_what_is_made_of_the_tree_is_no_line_that_an_index_is_asked_for(tmp_path, name, text, lines, own):
    (tmp_path / name).write_text(text)

    found = read_requirements(tmp_path, [name], False)

    assert (found.lines, found.distributions) == (lines, own)


def test_setup_py_says_what_is_made_of_the_tree(tmp_path):
    (tmp_path / "setup.py").write_text(
        "from setuptools import setup, Extension\nsetup(name='lab', ext_modules=[Extension(name='fast', sources=[])])\n"
    )

    assert read_requirements(tmp_path, [], True).distributions == {"lab"}


def test_lines_of_conda_are_asked_of_an_index_by_its_own_names(tmp_path):
    text = "dependencies: [python=3.9, python-dateutil=2.8, pytorch=2.1.0=py3_0, 'scipy==1.9', 'c::pandas>=1,<2', rich]"
    (tmp_path / "environment.yml").write_text(text)

    found = read_requirements(tmp_path, ["environment.yml"], False).lines

    assert found == {"python-dateutil==2.8.*", "torch==2.1.0", "scipy==1.9", "pandas>=1,<2", "rich"}
