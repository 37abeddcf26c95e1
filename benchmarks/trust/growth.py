"""How cost grows with the size of the code: processor time and memory from 10,000 to 2 million lines of public packages.

    python benchmarks/trust/growth.py FOLDER --out OUT.jsonl [--sizes 10 30 100 300 1000 2000] [--largest 150]

Packages of FOLDER (`material.py` fills it; those above LARGEST thousand lines are left out) are laid into one tree side by
side, in an order that a fixed seed gives, until it has so many thousand lines; each tree holds the one before it. The
exponent is the slope of the logarithms; that of `ast.parse` over the same files stands beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import sys
import tempfile
from pathlib import Path

from corpus import measure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100, 300, 1000, 2000])
    parser.add_argument("--largest", type=int, default=150)
    parser.add_argument("--timeout", type=float, default=3600)
    options = parser.parse_args()
    lines = {root: lines_of(root) for root in sorted(options.folder.iterdir()) if root.is_dir()}
    order = [root for root in lines if 0 < lines[root] <= 1000 * options.largest]
    random.Random(1).shuffle(order)
    with tempfile.TemporaryDirectory() as scratch:
        tree, total = Path(scratch, "code"), 0
        tree.mkdir()
        for size in options.sizes:
            while order and total < 1000 * size:
                fits = next((root for root in order if total + lines[root] <= 1300 * size), order[0])
                order.remove(fits)
                shutil.copytree(fits, tree, dirs_exist_ok=True)
                total += lines[fits]
            row = measure(tree, options.timeout, "whole")
            with options.out.open("a") as out:
                out.write(json.dumps(row, sort_keys=True) + "\n")
    print(table([json.loads(line) for line in options.out.read_text().splitlines()]))
    return 0


def lines_of(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.rglob("*.py"))


def table(rows: list[dict[str, float]]) -> str:
    """Return the curve as Markdown."""
    good = [row for row in rows if "crash" not in row]
    out = [
        "| lines | files | `ast.parse` s | analysis s | ratio | memory MB |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in good:
        cells = (
            f"{row['lines']:,}",
            f"{row['files']:,}",
            row["parse_s"],
            row["cpu_s"],
            f"{row['cpu_s'] / row['parse_s']:.1f}",
            row["rss_mb"],
        )
        out.append("| " + " | ".join(map(str, cells)) + " |")
    slopes = (slope(good, "cpu_s"), slope(good, "parse_s"), slope(good, "rss_mb"))
    return "\n".join([*out, "exponents: analysis {:.2f}, `ast.parse` {:.2f}, memory {:.2f}".format(*slopes)])


def slope(rows: list[dict[str, float]], what: str) -> float:
    """Return the exponent that fits best, by least squares over the logarithms."""
    points = [(math.log(row["lines"]), math.log(row[what])) for row in rows]
    x, y = (sum(p[axis] for p in points) / len(points) for axis in (0, 1))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


if __name__ == "__main__":
    sys.exit(main())
