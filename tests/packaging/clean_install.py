"""Installs the wheel into an empty environment of each interpreter, and takes the bundled example apart with it.

    python tests/packaging/clean_install.py [PYTHON ...]

Without arguments it looks for python3.11 to python3.14 on the PATH. Not part of the tests: it asks the package index
for everything anew.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
WANTED = ("python3.11", "python3.12", "python3.13", "python3.14")
STEPS = (["--version"], ["propose", "churn"], ["generate", "-o", "services"], ["check", "churn"])


def main(pythons: list[str]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", name], ROOT)
        (wheel,) = folder.glob("*.whl")
        for python in pythons:
            found = shutil.which(python)
            verdict = tried(found, wheel, folder / python.replace("/", "_")) if found else "not here"
            failed += verdict.startswith("FAILED")
            print(f"{python}: {verdict}", flush=True)
    return 1 if failed else 0


def tried(python: str, wheel: Path, folder: Path) -> str:
    """Return in words how one interpreter fared."""
    started = time.perf_counter()
    try:
        version = run([python, "-c", "import sys; print(sys.version.split()[0])"], wheel.parent)
        run([python, "-m", "venv", str(folder / "env")], wheel.parent)
        run([str(folder / "env/bin/python"), "-m", "pip", "install", "--quiet", str(wheel)], folder)
        shutil.copytree(
            ROOT / "examples" / "churn", folder / "churn", ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
        for words in STEPS:
            run([str(folder / "env/bin/decompose"), *words], folder, accepted=(0, 1) if words[0] == "check" else (0,))
    except (subprocess.CalledProcessError, OSError) as error:
        return f"FAILED: {error}\n{getattr(error, 'stderr', '')}"
    return f"{version.strip()}: installed, proposed, generated, checked in {time.perf_counter() - started:.0f} s"


def run(words: list[str], folder: Path, accepted: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode not in accepted:
        raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(WANTED)))
