"""The wheel and the source archive: what is in them, that their metadata is valid, and that the wheel alone works."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.metadata import Metadata

import decompose

ROOT = Path(__file__).parents[2]
LAST = "decompose_ml-" + decompose.__version__


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    yield folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


def tracked(*folders: str) -> set[str]:
    done = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return {line for line in done.stdout.splitlines() if (ROOT / line).is_file()}


def test_the_wheel_holds_the_package_and_the_templates_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {name.removeprefix("src/") for name in tracked("src/decompose")}
    wanted |= {"decompose/" + name for name in tracked("templates")}

    assert names == wanted
    assert "decompose/py.typed" in names


def test_the_source_archive_builds_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    words = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]

    subprocess.run(words, cwd=tmp_path / LAST, check=True, capture_output=True)

    (again,) = tmp_path.glob("*.whl")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, int]:
    return {item.filename: item.CRC for item in zipfile.ZipFile(wheel).infolist()}


def test_the_metadata_is_valid_and_complete(wheel: Path) -> None:
    opened = zipfile.ZipFile(wheel)
    found = Metadata.from_email(opened.read(f"{LAST}.dist-info/METADATA"), validate=True)

    assert str(found.version) == decompose.__version__
    assert found.license_expression == "Apache-2.0"
    assert str(found.requires_python) == ">=3.11"
    assert found.description_content_type == "text/markdown"
    assert found.description is not None
    assert found.description.startswith("# decompose")
    assert f"{LAST}.dist-info/licenses/LICENSE" in opened.namelist()
    assert b"decompose = decompose.__main__:main" in opened.read(f"{LAST}.dist-info/entry_points.txt")


def test_the_wheel_alone_goes_from_analysis_to_services(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "app.py").write_text("def price(n: int) -> int:\n    return n * 2\n\n\nprint(price(2))\n")
    env = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin", "PYTHONSAFEPATH": "1"}

    for words in (["propose", "shop"], ["generate", "-o", "services"], ["export", "shop", "--format", "callgraph"]):
        done = subprocess.run(
            [sys.executable, "-m", "decompose", *words], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, (words, done.stderr)

    assert (tmp_path / "services" / "run.py").is_file()
