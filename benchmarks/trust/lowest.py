"""The unit tests with every direct dependency at the lowest version that `pyproject.toml` allows.

    python benchmarks/trust/lowest.py VENV [--extras parity mcp dask] [PYTEST WORDS ...]

Makes the environment VENV (or takes the one that is there), installs what `pyproject.toml` names at exactly its lower bound
(dependencies of those float), and what only the tests need at any version. Prints what is installed, then runs the tests, but for
those that compare with what the newest versions say.
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

OF_THE_NEWEST = (
    "tests/unit/house/test_docs.py::test_the_reference_is_that_of_the_code[cli.md]",
    "tests/unit/house/test_schema.py::test_the_published_schema_is_the_current_one[graph]",
    "tests/unit/house/test_house.py::test_heavy_libraries_stay_out_of_the_start",
)
"""Tests of texts that the newest versions print, and of what the newest ones import late."""


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
    left_out = [f"--deselect={test}" for test in OF_THE_NEWEST]
    command = [str(python), "-m", "pytest", "-q", *left_out, *(words or ["tests/unit"])]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
