"""The unit tests with every direct dependency at the lowest version that `pyproject.toml` allows.

    python benchmarks/trust/lowest.py VENV [--extras parity mcp dask] [PYTEST WORDS ...]

Makes the environment VENV (or takes the one that is there), installs what `pyproject.toml` names at exactly its lower bound
(dependencies of those float), and what only the tests need at any version. Prints what is installed, then runs the tests.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "jsonschema", "import-linter", "ruff", "mypy", "compose-spec", "kubernetes-validate",
         "openapi-spec-validator", "fsspec", "scikit-learn")  # fmt: skip


def lowest(extras: list[str]) -> list[str]:
    """Return `NAME==LOWEST` for each direct dependency that this platform has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*project["dependencies"], *(t for extra in extras for t in project["optional-dependencies"][extra])]
    found = {}
    for requirement in map(Requirement, texts):
        bounds = [each.version for each in requirement.specifier if each.operator == ">="]
        if requirement.marker is None or requirement.marker.evaluate():
            found[requirement.name] = f"{requirement.name}=={bounds[0]}"
    return sorted(found.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("--extras", nargs="*", default=["parity"])
    options, words = parser.parse_known_args()
    python = options.venv / "bin" / "python"
    if not python.exists():
        venv.create(options.venv, with_pip=True)
    pinned = lowest(options.extras)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tools = [tool for tool in TOOLS if not any(pin.startswith(f"{tool}==") for pin in pinned)]
    subprocess.run([*pip, *pinned, *tools], check=True)
    subprocess.run([*pip, "--no-deps", "-e", str(ROOT)], check=True)
    print("\n".join(pinned), flush=True)
    return subprocess.run(
        [str(python), "-m", "pytest", "-q", *(words or ["tests/unit"])], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
