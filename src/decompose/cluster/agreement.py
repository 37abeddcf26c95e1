"""How far two partitions agree; every figure is chance-corrected or bounded, none can be won by one giant cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb, log

import networkx as nx


def adjusted_rand(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the adjusted Rand index: 1 for the same partition, 0 as by chance.

    `(sum_ij C(n_ij,2) - E) / ((sum_i C(a_i,2) + sum_j C(b_j,2)) / 2 - E)`, `E = sum_i C(a_i,2) sum_j C(b_j,2) / C(n,2)`

    Source:
        L. Hubert, P. Arabie, "Comparing partitions" (1985).
    """
    both = sum(comb(n, 2) for n in Counter(zip(found, wanted, strict=True)).values())
    first, second = (sum(comb(n, 2) for n in Counter(side).values()) for side in (found, wanted))
    expected = first * second / comb(len(found), 2) if len(found) > 1 else 0.0
    spread = (first + second) / 2 - expected
    return (both - expected) / spread if spread else 1.0


def pairwise(found: Sequence[str], wanted: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs put together, each 0 to 1; it flatters coarse partitions."""
    both = sum(comb(n, 2) for n in Counter(zip(found, wanted, strict=True)).values())
    first, second = (sum(comb(n, 2) for n in Counter(side).values()) for side in (found, wanted))
    precision, recall = both / first if first else 1.0, both / second if second else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def mojofm(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return MoJoFM, 0 to 100: `100 (1 - mno(A, B) / max_A' mno(A', B))`, mno = least moves and joins from A to B.

    Source:
        Z. Wen, V. Tzerpos, "An effectiveness measure for software clustering algorithms" (2004).
    """
    cells: dict[str, Counter[str]] = {}
    for a, b in zip(found, wanted, strict=True):
        cells.setdefault(a, Counter())[b] += 1
    tags = {a: sorted(b for b, n in row.items() if n == max(row.values())) for a, row in sorted(cells.items())}
    moves = len(found) - sum(max(row.values()) for row in cells.values())
    distance = moves + len(cells) - len(_matching(tags))
    furthest = 0
    for size in sorted(Counter(wanted).values()):
        furthest += furthest < size
    return 100.0 if len(found) == furthest else 100 * (1 - distance / (len(found) - furthest))


def service_f1(found: Sequence[str], wanted: Sequence[str], *, threshold: float = 0.5) -> float:
    """Return F1 of services found: one to one by Jaccard, a hit from `threshold` on.

    At 0.5 and above a cluster can reach the threshold with one other only (at exactly 0.5 the first is taken), so the
    best pairs first is the best matching.
    """
    cells = Counter(zip(found, wanted, strict=True))
    first, second = Counter(found), Counter(wanted)
    scored = sorted((-n / (first[a] + second[b] - n), a, b) for (a, b), n in cells.items())
    left, right, hits = set(first), set(second), 0
    for score, a, b in scored:
        if -score >= threshold and a in left and b in right:
            left.remove(a)
            right.remove(b)
            hits += 1
    return 2 * hits / (len(first) + len(second)) if first or second else 1.0


def mutual_information(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the mutual information over the mean of the two entropies, 0 to 1."""
    count = len(found)
    cells, first, second = Counter(zip(found, wanted, strict=True)), Counter(found), Counter(wanted)
    mutual = sum(n / count * log(n * count / (first[a] * second[b])) for (a, b), n in sorted(cells.items()))
    entropies = [-sum(n / count * log(n / count) for _, n in sorted(side.items())) for side in (first, second)]
    return mutual / (sum(entropies) / 2) if sum(entropies) else 1.0


def cluster_coverage(found: Sequence[str], wanted: Sequence[str], *, threshold: float = 0.5) -> float:
    """Return cvg: the share of reference clusters with c2c of at least `threshold`; `c2c = #(x & y) / max(#x, #y)`.

    Source:
        D. Le et al., "An empirical study of architectural change" (2015).
    """
    cells, first, second = Counter(zip(found, wanted, strict=True)), Counter(found), Counter(wanted)
    near = {b for (a, b), n in cells.items() if n / max(first[a], second[b]) >= threshold}
    return len(near) / len(second) if second else 1.0


def cluster_overlap(found: Sequence[str], wanted: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return c2c of every two clusters that meet: `#(x & y) / max(#x, #y)`, 0 to 1.

    Source:
        D. Le et al., "An empirical study of architectural change" (2015).
    """
    cells, first, second = Counter(zip(found, wanted, strict=True)), Counter(found), Counter(wanted)
    return {(a, b): n / max(first[a], second[b]) for (a, b), n in sorted(cells.items())}


def architecture_similarity(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return a2a, 0 to 100: `100 (1 - mto(A, B) / (aco(A) + aco(B)))`.

    `mto` counts the clusters to add or remove and the units to move from A to B (clusters are matched so that the
    fewest move); `aco` is the same from nothing: every cluster and every unit is added, and every unit moved.

    Source:
        D. Le et al., "An empirical study of architectural change" (2015).
    """
    cells = nx.Graph()
    for (a, b), n in sorted(Counter(zip(found, wanted, strict=True)).items()):
        cells.add_edge(("found", a), ("wanted", b), weight=n)
    kept = sum(cells[a][b]["weight"] for a, b in nx.max_weight_matching(cells))
    first, second = len(set(found)), len(set(wanted))
    change = abs(first - second) + len(found) - kept
    whole = first + second + 4 * len(found)
    return 100 * (1 - change / whole) if whole else 100.0


def nearest_cluster_scores(found: Sequence[str], wanted: Sequence[str]) -> tuple[float, float]:
    """Return precision and recall of each found cluster against the reference that holds most of it, averaged.

    With more than twice as many found clusters as references, pairs are counted instead (`pairwise`).

    Source:
        C. Ghlissi et al. (2026), as read in their code: `P = #(p & g*) / #p`, `R = #(p & g*) / #g*`.
    """
    first, second = Counter(found), Counter(wanted)
    if len(first) > 2 * len(second):
        return pairwise(found, wanted)[:2]
    best: dict[str, tuple[int, str]] = {}
    for (a, b), n in sorted(Counter(zip(found, wanted, strict=True)).items()):
        best[a] = max(best.get(a, (0, "")), (n, b), key=lambda pair: pair[0])
    precision = [n / first[a] for a, (n, _) in sorted(best.items())]
    recall = [n / second[b] for _, (n, b) in sorted(best.items())]
    return (sum(precision) / len(best), sum(recall) / len(best)) if best else (1.0, 1.0)


def _matching(tags: dict[str, list[str]]) -> dict[str, str]:
    """Return a largest matching of clusters to distinct tags (augmenting paths)."""
    owner: dict[str, str] = {}

    def augment(cluster: str, seen: set[str]) -> bool:
        for tag in tags[cluster]:
            if tag not in seen:
                seen.add(tag)
                if tag not in owner or augment(owner[tag], seen):
                    owner[tag] = cluster
                    return True
        return False

    for cluster in tags:
        augment(cluster, set())
    return owner
