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
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "end_to_end"))

from seeded_cases import ALIKE, CHANGED, Case
from seeded_system import MonolithSide, ServicesSide, build


def main() -> None:
    """Run every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--skip", default="", help="file of an earlier run whose cases are not run again")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    done = Path(options.skip).read_text() if options.skip else ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root, out = build(Path(folder) / "system")
        monolith = MonolithSide(root, out, Path(folder) / "monolith-side")
        for label, cases in (("changed", CHANGED), ("alike", ALIKE)):
            for case in cases:
                if options.only in case.name and f"case={case.name}  " not in done:
                    rows.append(tried(label, case, monolith, Path(folder)))
                    print("  ".join(f"{key}={value}" for key, value in rows[-1].items()), flush=True)
    for label in ("changed", "alike"):
        of = [row for row in rows if row["set"] == label]
        print(f"{label}: {sum(bool(row['found']) for row in of)} of {len(of)} reported")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


def tried(label: str, case: Case, monolith: MonolithSide, folder: Path) -> dict[str, object]:
    """Return what verification says of one case."""
    begin = time.monotonic()
    changed = case.applied(monolith.out, folder / "changed")
    wrong = ServicesSide(monolith, changed, folder / "services-side").differences()
    kinds = ",".join(sorted({check.kind for check in wrong}))
    first = f"{wrong[0].name}: {wrong[0].difference}"[:160] if wrong else ""
    seconds = round(time.monotonic() - begin, 1)
    return {"set": label, "case": case.name, "found": len(wrong), "by": kinds, "first": first, "seconds": seconds}


if __name__ == "__main__":
    main()
