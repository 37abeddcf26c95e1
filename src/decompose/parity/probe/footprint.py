"""Says how large installed distributions are and what importing them costs; nothing of the project is imported.

`python -m decompose_probe.footprint sizes` and `python -m decompose_probe.footprint imports NAME …`; JSON.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any


def sizes() -> dict[str, Any]:
    """Return each installed distribution with its size in MB, what it requires, and the names that it provides."""
    provided: dict[str, list[str]] = {}
    if hasattr(metadata, "packages_distributions"):
        for name, owners in metadata.packages_distributions().items():
            for owner in owners:
                provided.setdefault(normalise(owner), []).append(name)
    found = {}
    for distribution in metadata.distributions():
        name = normalise(distribution.metadata["Name"] or "")
        requires = [text for text in distribution.requires or [] if "extra ==" not in text]
        found[name] = {
            "mb": round(_size(distribution) / 1e6, 3),
            "requires": sorted({normalise(re.split(r"[^A-Za-z0-9._-]", text.strip())[0]) for text in requires}),
            "provides": sorted(set(provided.get(name, []))),
        }
    return found


def _size(distribution: Any) -> int:
    """Return the bytes of a distribution as pip installs it into an image, compiled."""
    total = 0
    for file in distribution.files or []:
        if file.suffix == ".pyc":
            continue
        path = Path(distribution.locate_file(file))
        try:
            total += path.stat().st_size
        except OSError:
            continue
        if file.suffix == ".py":
            total += _compiled_size(path)
    return total


def _compiled_size(path: Path) -> int:
    try:
        return Path(importlib.util.cache_from_source(str(path))).stat().st_size
    except (OSError, NotImplementedError):
        return path.stat().st_size * 4 // 3  # not compiled here; of 340 MB of installed sources it was 454 MB


def normalise(name: str) -> str:
    """Return the canonical name of a distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imports(names: list[str]) -> dict[str, Any]:
    """Return seconds and resident memory (MB) that importing `names` costs; what fails is left out."""
    begin = time.perf_counter()
    failed = []
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:  # whatever a third-party package does on import
            failed.append(name)
    return {"seconds": time.perf_counter() - begin, "memory_mb": _resident_mb(), "failed": failed}


def _resident_mb() -> float:
    try:
        text = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")) / 1024
    except (OSError, StopIteration):
        return 0.0


if __name__ == "__main__":
    print(json.dumps(sizes() if sys.argv[1] == "sizes" else imports(sys.argv[2:])))
