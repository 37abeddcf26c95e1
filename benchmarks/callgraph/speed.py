"""Processor time and memory of the call graph against `ast.parse` of the same files, and of peers that are installed.

    python benchmarks/callgraph/speed.py TREE [TREE ...] [--rounds 3] [--peers] [--workers] [--cold]

With `--workers`, the wall time of reading all files in one worker process against two; with `--cold`, only what a cold run
costs. Of several trees the exponent is given with which processor time grows with their lines (least squares of logarithms).

Every figure is the least of some rounds of whole processes (user and system time of it and its workers, interpreter
start subtracted), taken in turn so that a busy machine disturbs all alike. The tree is copied first: one file is changed.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PARSE = """
import ast, pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        pass
"""
IDLE = "import sys"
OURS = """
import pathlib, sys
from decompose import api
cache = sys.argv[2] or None
out = api.callgraph(sys.argv[1], cache=bool(cache), state=pathlib.Path(cache) if cache else None)
pathlib.Path(sys.argv[3]).write_bytes(out)
"""
READ = """
import pathlib, sys, time
from concurrent.futures import ProcessPoolExecutor
from decompose import source
with ProcessPoolExecutor(int(sys.argv[2])) as pool:
    list(pool.map(abs, range(8)))
    start = time.perf_counter()
    source.scan(pathlib.Path(sys.argv[1]), executor=pool, with_effects=False)
    print(time.perf_counter() - start)
"""
LOADED = "from decompose import api, graph, knowledge, source; knowledge.load()"
LIGHT = "from decompose import api, source"
"""What a run over an unchanged tree imports."""
PEERS = {
    "pyan3": ["-m", "pyan", "{files}", "--uses", "--no-defines", "--tgf"],
    "jarviscg": ["-m", "jarviscg", "--package", "{tree}", "{files}", "-o", os.devnull],
    "code2flow": ["-m", "code2flow", "{tree}", "-o", "/tmp/code2flow.json", "--quiet"],
}
PEER_SECONDS = 600


def cost(command: list[str], timeout_s: float | None = None) -> tuple[float, float, int]:
    """Return processor seconds, peak memory in MB of the largest process, and the exit code."""
    wrapped = (
        "import resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", wrapped, *command], capture_output=True, text=True, timeout=timeout_s, check=False
    )
    seconds, megabytes, code = done.stdout.split()
    return float(seconds), float(megabytes), int(code)


def least(results: list[tuple[float, float, int]]) -> tuple[float, float]:
    assert not any(code for _, _, code in results), "a command failed"
    return min(r[0] for r in results), max(r[1] for r in results)


def exponent(points: list[tuple[int, float]]) -> float:
    """Return the slope of the logarithm of seconds over that of lines."""
    xs, ys = [math.log(lines) for lines, _ in points], [math.log(seconds) for _, seconds in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def speed_up(tree: Path, rounds: int) -> float:
    """Return how much sooner two worker processes have read a tree than one."""
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for count, seen in walls.items():
            done = subprocess.run(
                [sys.executable, "-c", READ, str(tree), str(count)], capture_output=True, text=True, check=True
            )
            seen.append(float(done.stdout))
    return min(walls[1]) / min(walls[2])


def measure(tree: Path, rounds: int, *, peers: bool, cold_only: bool) -> tuple[int, float]:
    """Print the figures of one tree; return its lines and the seconds of a cold run."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "tree")
        shutil.copytree(tree, copy, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        files = sorted(copy.rglob("*.py"))
        lines = sum(path.read_bytes().count(b"\n") for path in files)
        python, state, out = sys.executable, str(Path(scratch, "state")), str(Path(scratch, "out.json"))
        changed = max(files, key=lambda p: p.stat().st_size)
        seen: dict[str, list[tuple[float, float, int]]] = {}
        for turn in range(rounds):
            shutil.rmtree(state, ignore_errors=True)
            steps = {
                "idle": [python, "-c", IDLE],
                "loaded": [python, "-c", LOADED],
                "light": [python, "-c", LIGHT],
                "parse": [python, "-c", PARSE, str(copy)],
                "cold": [python, "-c", OURS, str(copy), "", out],
                "fill": [python, "-c", OURS, str(copy), state, out],
                "warm": [python, "-c", OURS, str(copy), state, out],
            }
            for name, command in steps.items():
                if cold_only and name in ("fill", "warm"):
                    continue
                seen.setdefault(name, []).append(cost(command))
            if cold_only:
                continue
            changed.write_bytes(changed.read_bytes() + f"\n\ndef added_{turn}():\n    return {turn}\n".encode())
            seen.setdefault("changed", []).append(cost([python, "-c", OURS, str(copy), state, out]))
            again = str(Path(scratch, "again.json"))
            cost([python, "-c", OURS, str(copy), "", again])
            assert Path(out).read_bytes() == Path(again).read_bytes(), "one file changed: not what a cold run gives"
        idle, loaded = least(seen["idle"])[0], least(seen["loaded"])[0]
        parse = least(seen["parse"])[0] - idle
        cells = [f"{tree.name} {lines / 1000:.0f}k / {len(files)}", f"{parse:.2f} s"]
        for name in ("cold", "warm", "changed"):
            base = least(seen["light"])[0] if name == "warm" else loaded
            cells.append(f"{(least(seen[name])[0] - base) / parse:.2f}x" if name in seen else "")
        cells.append(f"{least(seen['cold'])[1]:.0f} MB")
        print("| " + " | ".join(cells) + " |", flush=True)
        for peer, words in PEERS.items() if peers else ():
            listed = [
                w
                for word in words
                for w in ([str(f) for f in files] if word == "{files}" else [word.format(tree=copy)])
            ]
            try:
                seconds, megabytes, code = cost([python, *listed], PEER_SECONDS)
                verdict = (
                    f"{(seconds - idle) / parse:.1f}x, {megabytes:.0f} MB"
                    if code == 0
                    else f"exit {code} (absent, or crashed)"
                )
            except subprocess.TimeoutExpired:
                verdict = f"not done in {PEER_SECONDS} s"
            print(f"|   {peer} | {verdict} |", flush=True)
        return lines, least(seen["cold"])[0] - loaded


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--workers", action="store_true")
    parser.add_argument("--cold", action="store_true")
    given = parser.parse_args()
    print(
        "| tree, lines / files | ast.parse | cold | warm, unchanged | one file changed | peak |\n|---|---|---|---|---|---|"
    )
    points = [measure(tree, given.rounds, peers=given.peers, cold_only=given.cold) for tree in given.trees]
    if len(points) > 1:
        print(f"\ncold processor time grows with lines to the power of {exponent(points):.2f}")
    for tree in given.trees if given.workers else ():
        print(f"{tree.name}: two workers read it {speed_up(tree, given.rounds):.2f} times as fast as one")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
