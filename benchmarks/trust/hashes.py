"""One input, one output: graph, plan, services and page under 16 hash seeds and 3 numbers of readers (R5).

    python benchmarks/trust/hashes.py TREE [--seeds 16]

Prints the SHA-256 of all that is made, with how often it came out; there must be one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

CHILD = """
import hashlib, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from decompose import api
from decompose.ir.codec import encode_graph
root, readers = Path(sys.argv[1]), int(sys.argv[2])
import importlib
importlib.import_module("decompose.source.scan").CHUNK_BYTES = 20_000
with ThreadPoolExecutor(readers) as pool:
    graph = api.analyze(root, cache=False, executor=pool)
plan = api.propose(graph)
tree = api.generate(plan, graph, root=root)
total = hashlib.sha256(encode_graph(graph) + repr(plan).encode() + api.page(graph, root=root).encode())
for path, data in sorted(tree.files.items()):
    if path != "monolith.json":
        total.update(path.encode() + data)
print(total.hexdigest())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seeds", type=int, default=16)
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    for seed in range(options.seeds):
        for readers in (1, 2, 8):
            environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
            command = [sys.executable, "-c", CHILD, str(options.tree), str(readers)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            seen[done.stdout.strip() or done.stderr[-300:]] += 1
    for digest, count in seen.most_common():
        print(count, digest)
    return int(len(seen) != 1)


if __name__ == "__main__":
    sys.exit(main())
