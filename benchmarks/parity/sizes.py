"""Predicted size of each service's dependencies beside what its image really gets.

`python benchmarks/parity/sizes.py WORKSPACE [--python PYTHON]`: for each service of a generated workspace a fresh virtual
environment is filled by the very command of its Dockerfile; what then lies in `site-packages`, pip and its tools apart, is
the size that is measured. `PYTHON` has the monolith's dependencies, as for `decompose compare`.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from decompose.parity.footprint import footprints, service_requirements

INSTALL = re.compile(r"/venv/bin/pip (install .*)")
TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")


def main() -> None:
    """Print a row for each service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    options = parser.parse_args()
    folders = sorted((options.workspace / "services").iterdir())
    asked = {
        folder.name: service_requirements((folder / "requirements.txt").read_text().splitlines()) for folder in folders
    }
    predicted = footprints(asked, python=options.python)
    for folder in folders:
        with tempfile.TemporaryDirectory() as scratch:
            measured = installed_mb(options.workspace, folder, Path(scratch) / "venv")
        guess = predicted[folder.name]
        error = abs(guess.size_mb - measured) / measured
        missing = f"  not installed here: {', '.join(guess.missing)}" if guess.missing else ""
        print(
            f"{folder.name}: predicted {guess.size_mb:.1f} MB, measured {measured:.1f} MB, error {error:.1%}{missing}",
            flush=True,
        )


def installed_mb(workspace: Path, folder: Path, venv: Path) -> float:
    """Return the size of what the Dockerfile of a service installs, in MB."""
    found = INSTALL.search((folder / "Dockerfile").read_text())
    assert found is not None, f"{folder}: no pip command in the Dockerfile"
    places = {
        f"/build/services/{folder.name}/requirements.txt": str(folder / "requirements.txt"),
        "/build/runtime": str(workspace / "packages" / "runtime"),
        "/build/contracts": str(workspace / "packages" / "contracts"),
    }
    command = found.group(1)
    for place, here in places.items():
        command = command.replace(place, here)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run([str(venv / "bin" / "pip"), "--quiet", *shlex.split(command)], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    kept = [path for path in packages.iterdir() if not path.name.startswith(TOOLS)]
    files = [file for path in kept for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    return sum(file.lstat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
