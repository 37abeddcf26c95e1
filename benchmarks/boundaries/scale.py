"""Time and memory of a proposal on made-up systems: `python benchmarks/boundaries/scale.py 100000 500000`.

The system has planted parts: units of a part call each other nine times in ten, stages follow parts with some noise.
Prints seconds (CPU), peak memory and the agreement with the planted parts, and a digest that must not depend on
PYTHONHASHSEED.
"""

from __future__ import annotations

import hashlib
import random
import resource
import sys
import time

from decompose.cluster import assignment, partitions
from decompose.cluster.agreement import adjusted_rand
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Module, RoleTag, Site, Unit

ROLES = ("ingest", "training", "evaluation", "online_inference", "batch_inference", "gateway_ui", "monitoring")


def planted(units: int, edges: int, parts: int, *, seed: int = 0) -> tuple[CodeGraph, dict[str, str]]:
    """Return a made-up system of some size and the part of each of its units."""
    rng = random.Random(seed)
    per_module = 12
    modules = [f"pkg{m % parts}.mod{m}" for m in range(units // per_module + 1)]
    names = [f"{modules[i // per_module]}:f{i}" for i in range(units)]
    part = {name: name.partition(".")[0] for name in names}
    by_part: dict[str, list[str]] = {}
    for name in names:
        by_part.setdefault(part[name], []).append(name)
    found: set[tuple[str, str]] = set()
    with_role = [name for name in names if rng.random() < 0.9]
    while len(found) < edges:
        a = rng.choice(names)
        b = rng.choice(by_part[part[a]] if rng.random() < 0.9 else with_role)
        if a != b:
            found.add((a, b))
    role = {p: ROLES[i % len(ROLES)] for i, p in enumerate(sorted(by_part))}
    tags = {n: RoleTag(role=role[part[n]], confidence=0.8) for n in with_role}
    graph = CodeGraph(
        name="planted",
        digest="",
        modules=tuple(Module(name=m, path=m.replace(".", "/") + ".py", kind="module") for m in modules),
        units=tuple(
            Unit(
                symbol=n, kind="function", module=n.partition(":")[0], statements=5,
                span=Span(path=n.partition(":")[0].replace(".", "/") + ".py"), roles=(tags[n],) if n in tags else (),
            )
            for n in names
        ),
        edges=tuple(
            Edge(source=a, target=b, kind="call", sites=(Site(path="x.py", line=1),)) for a, b in sorted(found)
        ),
    )  # fmt: skip
    return graph, part


def main() -> None:
    """Run one size and print one line."""
    units, edges = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (10_000, 50_000)
    graph, part = planted(units, edges, parts=20)
    begin = time.process_time()
    found = partitions(graph)
    seconds = time.process_time() - begin
    placed = assignment(found[0])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    agreement = adjusted_rand([placed[name] for name in sorted(part)], [part[name] for name in sorted(part)])
    digest = hashlib.blake2b(repr([sorted(assignment(p).items()) for p in found]).encode(), digest_size=8).hexdigest()
    sizes = [sum(c.kind == "service" for c in p.clusters) for p in found]
    print(
        f"{units} units, {edges} edges: {seconds:.1f} s CPU, {memory:.0f} MB peak, "
        f"ARI {agreement:.3f}, parts {sizes}, {digest}"
    )


if __name__ == "__main__":
    main()
