"""How many seeded changes of behaviour `verify` finds in generated services, and how often it cries wolf.

`python benchmarks/parity/seeded.py [--only NAME] [--json FILE]`: a small system of our own is analysed, split into three
services and generated; each case changes the text of one generated service, and the monolith's tests, its driver, the
recorded calls and their variants are run across it. What the monolith itself does is run once for all cases.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "end_to_end"))

from seeded_cases import ALIKE, CHANGED, Case, applied
from seeded_system import MonolithSide, ServicesSide, build

from decompose.ir.reports import Check


def main() -> None:
    """Run every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--skip", default="", help="file of an earlier run whose cases are not run again")
    parser.add_argument("--together", action="store_true", help="cases in different functions share a run")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    done = Path(options.skip).read_text() if options.skip else ""
    rows = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root, out = build(Path(folder) / "system")
        monolith = MonolithSide(root, out, Path(folder) / "monolith-side")
        for label, cases in (("changed", CHANGED), ("alike", ALIKE)):
            kept = [case for case in cases if options.only in case.name and f"case={case.name}  " not in done]
            for row in tried_all(label, kept, monolith, Path(folder), together=options.together):
                rows.append(row)
                print("  ".join(f"{key}={value}" for key, value in row.items()), flush=True)
    for label in ("changed", "alike"):
        of = [row for row in rows if row["set"] == label]
        print(f"{label}: {sum(bool(row['found']) for row in of)} of {len(of)} reported")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


def tried_all(
    label: str, cases: list[Case], monolith: MonolithSide, folder: Path, *, together: bool
) -> Iterator[dict[str, object]]:
    """Yield a row for every case; cases that share a run are told apart by the operation that differs."""
    alone = list(cases)
    for batch in batches(cases, monolith.root) if together else []:
        side = ServicesSide(monolith, applied(batch, monolith.out, folder / "changed"), folder / "side")
        wrong = side.differences() if label == "alike" else side.differing_calls()
        for case in batch:
            own = [check for check in wrong if check.name.startswith(case.symbol(monolith.root))]
            if own if label == "changed" else not wrong:
                alone.remove(case)
                yield row_of(label, case, own)
    for case in alone:
        changed = applied([case], monolith.out, folder / "changed")
        yield row_of(label, case, ServicesSide(monolith, changed, folder / "side").differences())


def batches(cases: list[Case], root: Path) -> list[list[Case]]:
    """Return groups of cases in which no two touch the same function, or functions that work on the same file."""
    found: list[list[Case]] = []
    for case in cases:
        symbol = case.symbol(root)
        if not symbol:
            continue
        free = (group for group in found if all(area(symbol) != area(other.symbol(root)) for other in group))
        group = next(free, None)
        if group is None:
            found.append(group := [])
        group.append(case)
    return found


def area(symbol: str) -> str:
    """Return what a function shares with others: training and prediction work on one model file."""
    return "model" if symbol.rpartition(":")[2] in ("fit", "predict", "load_model", "_scale") else symbol


def row_of(label: str, case: Case, wrong: list[Check]) -> dict[str, object]:
    """Return one line of the table."""
    kinds = ",".join(sorted({check.kind for check in wrong}))
    first = f"{wrong[0].name}: {wrong[0].difference}"[:160] if wrong else ""
    return {"set": label, "case": case.name, "found": len(wrong), "by": kinds, "first": first}


if __name__ == "__main__":
    main()
