"""Every file of many public distributions is read: does the run stand, is each file accounted for, what does it cost (R1, R3)?

    python benchmarks/trust/corpus.py FOLDER --out OUT.jsonl [--workers 2] [--only NAME] [--timeout 900] [--read-only]

`FOLDER` holds one distribution a folder (`material.py` fills it). Each is analysed in a process of its own; one that dies,
raises or outlives the limit is a crash. Small ones come first. Lines that OUT already holds are not measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHILD = """
import ast, json, os, resource, sys, time, warnings
from collections import Counter
from pathlib import Path

def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(r.ru_utime + r.ru_stime for r in both), max(r.ru_maxrss for r in both) / 1024

warnings.simplefilter("ignore")
root = Path(sys.argv[1])
there = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.suffix in (".py", ".pyw", ".ipynb") and p.is_file())
begin = time.process_time()
for name in there:
    try:
        ast.parse((root / name).read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
parse = time.process_time() - begin
from decompose import api, graph, knowledge, roles, source
knowledge.load()
cpu, _ = used()
begin = time.monotonic()
system = api.analyze(root, cache=False) if sys.argv[2] == "whole" else source.scan(root)
wall = time.monotonic() - begin
after, rss = used()
is_whole = sys.argv[2] == "whole"
outcomes = {f.path: f.outcome for f in (system.files if is_whole else system.outcomes)}
folders = tuple(path + "/" for path, outcome in outcomes.items() if outcome == "skipped")
print(json.dumps({
    "name": root.name, "files": len(there),
    "unaccounted": [p for p in there if p not in outcomes and not p.startswith(folders)],
    "outcomes": Counter(outcomes[p] for p in there if p in outcomes),
    "lost": sorted(f.span.path for f in system.findings if f.code == "DC107"),
    "lines": sum((root / p).read_bytes().count(b"\\n") for p in there),
    "units": len(system.units) if is_whole else 0, "edges": len(system.edges) if is_whole else 0,
    "findings": Counter(f.code for f in system.findings),
    "parse_s": round(parse, 3), "cpu_s": round(after - cpu, 3), "wall_s": round(wall, 3), "rss_mb": round(rss),
}))
"""


def measure(root: Path, timeout_s: float, depth: str) -> dict[str, object]:
    """Return what analysing one folder gave."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(root), depth],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"name": root.name, "crash": f"not done in {timeout_s:.0f} s"}
    if done.returncode:
        return {"name": root.name, "crash": f"exit {done.returncode}: {done.stderr[-1500:]}"}
    return {**json.loads(done.stdout.splitlines()[-1]), "whole_s": round(time.monotonic() - begin, 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--timeout", type=float, default=900)
    parser.add_argument("--read-only", action="store_true", help="stop before the files are linked")
    options = parser.parse_args()
    kept = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    known = {row["name"] for row in kept}
    roots = [
        p for p in sorted(options.folder.iterdir()) if p.is_dir() and p.name not in known and options.only in p.name
    ]
    roots.sort(key=lambda root: (sum(path.stat().st_size for path in root.rglob("*.py")), root.name))
    lock = threading.Lock()

    def work(root: Path) -> None:
        row = measure(root, options.timeout, "read" if options.read_only else "whole")
        with lock, options.out.open("a") as out:
            out.write(json.dumps(row, sort_keys=True) + "\n")

    with ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(work, roots))
    rows = [json.loads(line) for line in options.out.read_text().splitlines()]
    print(json.dumps(summary(rows), indent=2))
    return int(any("crash" in row for row in rows))


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """Return the totals of R1 and R3."""
    good = [row for row in rows if "crash" not in row]
    total = {key: sum(row[key] for row in good) for key in ("files", "lines", "parse_s", "cpu_s")}  # type: ignore[misc]
    outcomes = {
        kind: sum(row["outcomes"].get(kind, 0) for row in good)  # type: ignore[attr-defined]
        for kind in ("analysed", "degraded", "skipped")
    }
    return {
        "distributions": len(rows), **total, **outcomes,
        "crashes": {row["name"]: row["crash"] for row in rows if "crash" in row},
        "unaccounted": {row["name"]: row["unaccounted"] for row in good if row["unaccounted"]},
        "lost with their worker": {row["name"]: row["lost"] for row in good if row["lost"]},
        "cpu against ast.parse": round(total["cpu_s"] / max(total["parse_s"], 1e-9), 2),
        "largest resident MB": max((row["rss_mb"], row["name"]) for row in good),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
