"""Public code to read: the distributions that are installed here, each copied into a folder of its own, checked by hash.

    python benchmarks/trust/material.py DEST [--packages SITE_PACKAGES]

A distribution's folder is `NAME-VERSION`; it holds the files that its `RECORD` lists, if their digests are those of the
index. Nothing is built, imported or run, and nothing is downloaded.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

KEPT = (".py", ".pyw", ".ipynb", ".toml", ".cfg", ".yaml", ".yml", ".json", ".ini")
LARGEST_BYTES = 64_000_000


def gather(packages: Path, into: Path) -> list[Path]:
    """Copy every installed distribution that holds Python into a folder below `into`; return those folders, sorted."""
    made = []
    for info in sorted(packages.glob("*.dist-info")):
        target = into / info.name.removesuffix(".dist-info")
        files = list(listed(packages, info))
        if not any(name.endswith(".py") for name, _ in files):
            continue
        if not target.exists():
            for name, data in files:
                place = target / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
        made.append(target)
    return made


def listed(packages: Path, info: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of a distribution's own files whose content is the one that was published."""
    record = info / "RECORD"
    if not record.exists():
        return
    for name, digest, _ in csv.reader(record.read_text("utf-8").splitlines()):
        path = packages / name
        if not name.endswith(KEPT) or name.startswith(("..", "/", info.name)) or not path.is_file():
            continue
        data = path.read_bytes() if path.stat().st_size <= LARGEST_BYTES else b""
        kind, _, value = digest.partition("=")
        if kind == "sha256" and value == base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode():
            yield name, data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dest", type=Path)
    parser.add_argument("--packages", type=Path, default=Path(sysconfig.get_path("purelib")))
    options = parser.parse_args()
    print(len(gather(options.packages, options.dest)), "distributions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
