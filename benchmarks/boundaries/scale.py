"""Time and memory of a proposal on made-up systems: `python benchmarks/boundaries/scale.py 100000 500000 --against`.

The system has planted parts: units of a part call each other nine times in ten, stages follow parts with some noise.
Prints seconds (CPU), peak memory and the agreement with the planted parts, and a digest that must not depend on
PYTHONHASHSEED. With `--against`, the same graph is given to networkx (one Louvain run) and to graspologic's compiled Leiden, and the ratios of CPU time are printed: a proposal is three
partitions with stages, hubs and figures, they give one of plain edges.
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


def others(graph: CodeGraph, part: dict[str, str], seconds: float) -> None:
    """Print CPU time against ours, and agreement with the planted parts, of community detection on the plain graph."""
    pairs = sorted({(min(e.source, e.target), max(e.source, e.target)) for e in graph.edges})
    names = sorted(part)

    def leiden() -> dict[str, int]:
        import graspologic_native

        _, found = graspologic_native.leiden(edges=[(a, b, 1.0) for a, b in pairs], seed=0, use_modularity=True)
        return found

    def louvain() -> dict[str, int]:
        import networkx as nx

        plain = nx.Graph(pairs)
        return {n: i for i, group in enumerate(nx.community.louvain_communities(plain, seed=0)) for n in group}

    for title, method in (("graspologic leiden, compiled", leiden), ("networkx louvain", louvain)):
        begin = time.process_time()
        try:
            found = method()
        except ImportError:
            print(f"{title}: not installed")
            continue
        spent = time.process_time() - begin
        agreement = adjusted_rand([found.get(name, -1) for name in names], [part[name] for name in names])
        print(
            f"{title}: {spent:.1f} s CPU, ours is {seconds / spent:.2f} of it; ARI {agreement:.3f}, "
            f"{len(set(found.values()))} parts",
            flush=True,
        )


def main() -> None:
    """Run one size and print one line, and one for each other method."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    units, edges = (int(word) for word in words[:2]) if len(words) > 1 else (10_000, 50_000)
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
        f"ARI {agreement:.3f}, parts {sizes}, {digest}",
        flush=True,
    )
    if "--against" in sys.argv:
        others(graph, part, seconds)


if __name__ == "__main__":
    main()
