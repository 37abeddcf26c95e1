"""Graph and plan of pinned public packages, compared with what was found before; the difference is printed (R22).

    python benchmarks/trust/regression.py [--folder FOLDER] [--only NAME] [--update] [--against COMMIT [--show 5]]

`corpus.txt` pins the packages by version and digest; pip brings those that FOLDER lacks (wheels, so that nothing of them is
built or run), they are unpacked, and `summary.json` holds what was found in them: numbers of ours alone. `--update` takes
the new numbers over. Exits with 1 when anything differs. `--against` analyses with the code of a commit too, and names edges that
only one of both finds: that explains a number.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from material import KEPT

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus.txt"
SUMMARY = HERE / "summary.json"
ANALYSE = """
import json, sys
from collections import Counter
from pathlib import Path
import decompose
root = Path(sys.argv[1])
graph = decompose.analyze(root, cache=False)
plan = decompose.propose(graph)
print(json.dumps({
    "files": Counter(f.outcome for f in graph.files),
    "units": Counter(u.kind for u in graph.units),
    "edges": Counter(f"{e.kind} {e.confidence}" for e in graph.edges),
    "assets": Counter(a.kind for a in graph.assets),
    "states": Counter(s.kind for s in graph.states),
    "entries": Counter(u.entry.kind for u in graph.units if u.entry is not None),
    "roles": Counter(u.roles[0].role for u in graph.units if u.roles),
    "findings": Counter(f.code for f in graph.findings),
    "plan": {"verdict": plan.verdict.decision if plan.verdict else "", **Counter(s.kind for s in plan.services)},
}))
"""
EDGES = """
import json, sys
from pathlib import Path
import decompose
graph = decompose.analyze(Path(sys.argv[1]), cache=False)
print(json.dumps(sorted({f"{e.kind} {e.source} -> {e.target}" for e in graph.edges})))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where packages are kept between runs")
    parser.add_argument("--only", default="")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--against", default="", help="a commit whose edges are compared by name")
    parser.add_argument("--show", type=int, default=5, help="edges of a package that are printed, each way")
    options = parser.parse_args()
    before = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        roots = [root for root in unpacked(options.folder or Path(scratch)) if options.only in root.name]
        if options.against:
            return int(compared(roots, source_of(options.against, Path(scratch, "then")), options.show))
        now = {root.name: analysed(root, ANALYSE) for root in roots}
    lines = [line for name in sorted(now) for line in differences(name, before.get(name, {}), now[name])]
    lines += [f"{name}: not in the corpus any more" for name in sorted(before.keys() - now.keys()) if not options.only]
    print("\n".join(lines) or f"{len(now)} packages: nothing differs")
    if options.update:
        SUMMARY.write_text(json.dumps({**(before if options.only else {}), **now}, indent=1, sort_keys=True) + "\n")
    return int(bool(lines) and not options.update)


def unpacked(folder: Path) -> list[Path]:
    """Return the folders of the pinned packages, brought and unpacked where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    pinned = [line.split()[0] for line in CORPUS.read_text().splitlines() if line and not line.startswith("#")]
    roots = [folder / pin.replace("==", "-") for pin in pinned]
    if any(not root.exists() for root in roots):
        wheels = folder / "wheels"
        command = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(CORPUS)]
        subprocess.run([sys.executable, "-m", "pip", *command, "-d", str(wheels)], check=True)
        for wheel in sorted(wheels.glob("*.whl")):
            name, version = wheel.name.split("-")[:2]
            unpack(wheel, folder / f"{name.replace('_', '-')}-{version}")
    return roots


def unpack(wheel: Path, into: Path) -> None:
    """Write the Python and settings files of a wheel below a folder."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.filename.endswith(KEPT) and ".dist-info/" not in member.filename and member.file_size < 8_000_000:
                archive.extract(member, into)


def analysed(root: Path, program: str, source: Path = ROOT / "src") -> Any:
    """Return what a program of ours prints about one package, with the code in `source`; or what went wrong."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    print(f"  {root.name}", file=sys.stderr, flush=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"crash": done.stderr[-300:]}


def source_of(commit: str, into: Path) -> Path:
    """Write the code of a commit below a folder; return where its packages are."""
    packed = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(into, filter="data")
    return into / "src"


def compared(roots: list[Path], then: Path, show: int) -> bool:
    """Print edges that only the code of then or that of now finds; return whether there are any."""
    differs = False
    for root in roots:
        before, now = (set(analysed(root, EDGES, source)) for source in (then, ROOT / "src"))
        for sign, edges in (("-", sorted(before - now)), ("+", sorted(now - before))):
            differs |= bool(edges)
            lines = edges[:show] + ([f"and {len(edges) - show} more"] if len(edges) > show else [])
            print("\n".join(f"{root.name}: {sign} {line}" for line in lines), end="\n" if lines else "")
    return differs


def differences(name: str, before: Any, now: Any) -> list[str]:
    """Return a line for each number that is not what it was."""
    if not before:
        return [f"{name}: new"]
    found = []
    for part in sorted(before.keys() | now.keys()):
        old, new = before.get(part, {}), now.get(part, {})
        if not (isinstance(old, dict) and isinstance(new, dict)):
            found += [f"{name}: {part}: {old} -> {new}"] if old != new else []
            continue
        for key in sorted(old.keys() | new.keys()):
            a, b = old.get(key, 0), new.get(key, 0)
            if a != b:
                step = f" ({b - a:+d})" if isinstance(a, int) and isinstance(b, int) else ""
                found.append(f"{name}: {part} {key}: {a} -> {b}{step}")
    return found


if __name__ == "__main__":
    sys.exit(main())
