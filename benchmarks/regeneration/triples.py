"""Generate, edit, move, change, generate again: what happens to what a person wrote.

    python -m benchmarks.regeneration.triples [TRIPLES]

Prints one JSON object; `lines_lost`, `resurrected`, `bytes_changed_by_rerun` and `stale_files` must be 0.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.unit.scaffold.triples import Session, Tally

SESSION = 20
"""Triples that one workspace goes through."""


def main(triples: int) -> int:
    """Run the sessions and return the exit status: 0 when nothing was lost."""
    total = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range((triples + SESSION - 1) // SESSION):
            session = Session(Path(folder) / str(seed), seed, total)
            for _ in range(min(SESSION, triples - total.triples)):
                session.triple()
    print(json.dumps(asdict(total), indent=2))
    return int(bool(total.lines_lost or total.resurrected or total.bytes_changed_by_rerun or total.stale_files))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
