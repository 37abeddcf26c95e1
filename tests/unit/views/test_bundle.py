"""The committed bundle is the one that the sources make."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from decompose.resources import ui_root

UI = Path(__file__).parents[3] / "ui"
LARGEST_SCRIPT_BYTES = 80 * 1024


def source_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted((UI / "src").iterdir(), key=lambda path: path.name):
        digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


@pytest.mark.parametrize("name", ["app.js", "app.css"])
def test_the_bundle_is_not_stale(name: str) -> None:
    banner = (ui_root() / name).read_text("utf-8").partition("\n")[0]

    assert source_digest() in banner, "run `npm run build` in ui/"


@pytest.mark.skipif(
    shutil.which("node") is None or not (UI / "node_modules" / "esbuild").is_dir(),
    reason="no node, or no `npm ci` in ui/",
)
def test_building_again_gives_the_same_bundle() -> None:
    before = {name: (ui_root() / name).read_bytes() for name in ("app.js", "app.css")}

    subprocess.run(["node", "build.mjs"], cwd=UI, check=True, capture_output=True, timeout=60)

    assert {name: (ui_root() / name).read_bytes() for name in before} == before


def test_the_script_is_small() -> None:
    assert (ui_root() / "app.js").stat().st_size <= LARGEST_SCRIPT_BYTES


def test_the_bundle_asks_nothing_of_the_network() -> None:
    script, style = ((ui_root() / name).read_text("utf-8") for name in ("app.js", "app.css"))

    addresses = {
        a for a in re.findall(r"https?://[^\"'`\s)]+", script + style) if not a.startswith("http://www.w3.org/")
    }
    assert addresses == set()
    assert "</script" not in script
    assert "@import" not in style and "url(" not in style
