"""Versions out of lock files."""

from __future__ import annotations

import pytest

from decompose.source.locks import read_locks

POETRY = """
[[package]]
name = "Pandas_X"
version = "2.1.0"
files = [
    {file = "pandas-2.1.0-py3-none-any.whl", hash = "sha256:00"},
]

[package.dependencies]
numpy = ">=1.20"
tzdata = {version = "*", markers = "sys_platform == 'win32'"}
html5lib = {version = "*", optional = true}

[[package]]
name = "ours"
version = "0.1.0"
[package.source]
type = "directory"
url = "../ours"

[metadata]
lock-version = "2.0"
python-versions = "~3.9"
"""
UV = """
version = 1
requires-python = ">=3.12"

[[package]]
name = "pandas-x"
version = "2.1.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "numpy" },
    { name = "tzdata", marker = "sys_platform == 'win32'" },
]
sdist = { url = "https://h/pandas-2.1.0.tar.gz", hash = "sha256:00" }
wheels = [
    { url = "https://h/pandas-2.1.0-py3-none-any.whl", hash = "sha256:00" },
]

[[package]]
name = "torch"
version = "2.2.0"
source = { registry = "https://h/cpu" }

[[package]]
name = "torch"
version = "2.1.0+cu118"
source = { registry = "https://h/cuda" }

[[package]]
name = "lab"
version = "0.1.0"
source = { virtual = "." }
"""
PDM = """
[metadata]
lock_version = "4.5"

[[metadata.targets]]
requires_python = ">=3.10"

[[package]]
name = "pandas-x"
version = "2.1.0"
dependencies = ["numpy>=1.20", "tzdata; sys_platform == 'win32'"]

[[package]]
name = "near"
version = "1.0"
git = "https://h/near"
"""
PIPFILE = """{"_meta": {"requires": {"python_version": "3.8"}},
"default": {"pandas-x": {"version": "==2.1.0"}, "near": {"git": "https://h/near"}}, "develop": {"a": {"version": "==1"}}}"""
CONDA = """
dependencies:
- python=3.9
- conda-forge::pandas-x=2.1.0=py39_0
- pytorch==2.0
- scipy=1.9
- click>=8
- pip:
  - flask[async]==2.0
  - rich
"""


@pytest.mark.parametrize(
    ("name", "text", "pins", "brings"),
    [
        ("poetry.lock", POETRY, {"pandas-x": "==2.1.0"}, {"pandas-x": ("numpy",)}),
        (
            "uv.lock",
            UV,
            {"pandas-x": "==2.1.0", "torch": ">=2.1.0,<=2.2.0"},
            {"pandas-x": ("numpy",)},
        ),
        ("pdm.lock", PDM, {"pandas-x": "==2.1.0"}, {"pandas-x": ("numpy",)}),
        ("Pipfile.lock", PIPFILE, {"pandas-x": "==2.1.0"}, {}),
        ("environment.yml", CONDA, {"pandas-x": "==2.1.0", "torch": "==2.0", "flask": "==2.0"}, {}),
    ],
)
def test_what_a_lock_file_pins_is_what_an_index_has_in_that_version(tmp_path, name, text, pins, brings):
    (tmp_path / name).write_text(text)

    (lock,) = read_locks(tmp_path, [name])

    assert (lock.path, lock.pins, lock.brings, lock.unfit) == (name, pins, brings, ())


@pytest.mark.parametrize("text", ["", "[[package", "a = 1\n", "[[package]]\nversion = 3\n"])
def test_a_lock_file_that_says_nothing_is_left_out(tmp_path, text):
    (tmp_path / "uv.lock").write_text(text)

    assert read_locks(tmp_path, ["uv.lock", "requirements.txt"]) == []


@pytest.mark.parametrize(
    ("wheels", "pins", "unfit"),
    [
        (("cp39-cp39-linux_x86_64", "cp310-cp310-linux_x86_64"), [">=1.8.2", ">=3.0,<4", "==1.0"], ("kafka",)),
        (("cp39-cp39-linux_x86_64", "cp311-cp311-linux_x86_64"), ["==1.8.2", "==3.0", "==1.0"], ()),
        (("cp36-abi3-manylinux_2_17_x86_64",), ["==1.8.2", "==3.0", "==1.0"], ()),
        ((), ["==1.8.2", "==3.0", "==1.0"], ()),
    ],
)  # fmt: skip
def test_a_version_without_a_wheel_for_our_python_may_be_a_later_one_for_all_who_need_it(tmp_path, wheels, pins, unfit):
    files = "".join(f'    {{file = "kafka-1.8.2-{tag}.whl", hash = "0"}},\n' for tag in wheels)
    (tmp_path / "poetry.lock").write_text(
        f'[[package]]\nname = "kafka"\nversion = "1.8.2"\nfiles = [\n{files}]\n'
        '[[package]]\nname = "store"\nversion = "3.0"\n[package.dependencies]\nkafka = "1.8.2"\n'
        '[[package]]\nname = "x"\nversion = "1.0"\n'
    )

    (lock,) = read_locks(tmp_path, ["poetry.lock"])

    assert (list(lock.pins.values()), lock.unfit) == (pins, unfit)
