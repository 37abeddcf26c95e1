"""Whether a plan depends on nothing but the code: `python benchmarks/boundaries/determinism.py ROOT…`.

Proposes for each tree in fresh processes: over 16 hash seeds, with its files created and listed in shuffled order, with 1, 2 and
8 workers, and with comments and white space added to every file. Prints a row a tree with the number of different plans (1 is
right); the plan's digest of the source, which names the bytes, is left out.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

SEEDS = 16
SHUFFLES = 4
WORKERS = (1, 2, 8)
_CHILD = """
import os, random, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
root, workers, shuffle = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if shuffle:
    plain, rng = os.scandir, random.Random(shuffle)
    class Shuffled:
        def __init__(self, path): self.found = list(plain(path)); rng.shuffle(self.found)
        def __iter__(self): return iter(self.found)
        def __enter__(self): return self
        def __exit__(self, *_): pass
    os.scandir = lambda path=".": Shuffled(path)
import decompose
from decompose.boundary import render_plan
if __name__ == "__main__":
    with ProcessPoolExecutor(workers or 1) as pool:
        system = decompose.analyze(root, cache=False, executor=pool if workers else None)
    text = render_plan(decompose.propose(system))
    sys.stdout.write("".join(l + chr(10) for l in text.splitlines() if not l.startswith(("graph:", "root:"))))
"""


def plan_of(root: Path, seed: int = 0, *, workers: int = 0, shuffle: int = 0) -> str:
    """Return the digest of the plan that a fresh process proposes."""
    found = subprocess.run(
        [sys.executable, "-c", _CHILD, str(root), str(workers), str(shuffle)],
        env=os.environ | {"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True, cwd=root.parent,
    ).stdout  # fmt: skip
    return hashlib.blake2b(found, digest_size=8).hexdigest()


def copied(root: Path, target: Path, *, shuffle: int = 0, spaced: bool = False) -> Path:
    """Return a copy of a tree, its files created in shuffled order, or with comments and blank lines between statements."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    random.Random(shuffle).shuffle(files)
    for path in files:
        place = target / root.name / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        if spaced and path.suffix == ".py":
            place.write_text(_spaced(path.read_text("utf-8", errors="replace")), "utf-8")
        else:
            shutil.copyfile(path, place)
    return target / root.name


def _spaced(text: str) -> str:
    """Return a source with a comment at its head and foot, and more blank lines before its top-level definitions."""
    head = "# a note\n\n" if not text.startswith(("#!", "# -*-", "\ufeff")) else ""
    body = text.replace("\n\n\ndef ", "\n\n\n\n# why\ndef ").replace("\n\n\nclass ", "\n\n\n\n# why\nclass ")
    return f"{head}{body}\n# the end\n"


def _orders(root: Path, folder: Path) -> list[str]:
    """Return the plans of copies whose files were created, and are listed, in other orders."""
    numbers = range(1, SHUFFLES + 1)
    return [plan_of(copied(root, folder / f"o{number}", shuffle=number), shuffle=number) for number in numbers]


def main() -> None:
    """Print a row for each tree."""
    print("| system | hash seeds | file order | workers | comments and space |\n|---|---|---|---|---|")
    for word in sys.argv[1:]:
        root = Path(word).resolve()
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
            base = plan_of(root)
            seeds = list(pool.map(plan_of, repeat(root), range(1, SEEDS)))
            orders = _orders(root, Path(folder))
            counts = [plan_of(root, workers=number) for number in WORKERS]
            spaced = plan_of(copied(root, Path(folder) / "spaced", spaced=True))
        cells = (len({base, *found}) for found in (seeds, orders, counts, [spaced]))
        titles = (f"{SEEDS} seeds", f"{SHUFFLES} orders", "1, 2, 8", "added")
        row = (f"{title}: {count} plan{'s' if count > 1 else ''}" for title, count in zip(titles, cells, strict=True))
        print(f"| {root.name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
