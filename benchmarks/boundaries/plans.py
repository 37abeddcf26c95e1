"""The proposed plan of each system: its parts, and what every boundary costs and brings: `python …/plans.py ROOT…`.

Prints Markdown; `plans.md` has a reading beside each line.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import decompose
from decompose.api import boundaries
from decompose.boundary import proposal
from decompose.ir.symbols import module_of, qualname_of


def main() -> None:
    """Print a section for each system."""
    for root in sys.argv[1:]:
        graph = decompose.analyze(root, cache=False)
        plan = decompose.propose(graph)
        kinds = {service.name: service.kind for service in plan.services}
        parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        homes: dict[str, set[str]] = defaultdict(set)
        for symbol, entry in proposal(plan, graph)["units"].items():
            if "." not in qualname_of(symbol) and entry["service"] != "offline":
                parts[entry["service"]][module_of(symbol)].append(qualname_of(symbol))
                homes[module_of(symbol)].add(entry["service"])
        print(f"## {root.rstrip('/').rpartition('/')[2]}: {plan.verdict.decision}\n\n| part | holds |\n|---|---|")
        for part, modules in sorted(parts.items()):
            held = [m if len(homes[m]) == 1 else f"{m} ({', '.join(n)})" for m, n in sorted(modules.items())]
            print(f"| {part} ({kinds.get(part, 'copied')}) | {', '.join(f'`{name}`' for name in held)} |")
        print("\n| boundary | pays | worth and price |\n|---|---|---|")
        for entry in boundaries(plan, graph):
            print(f"| {entry.first}, {entry.second} | {'yes' if entry.pays else 'no'} | {' '.join(entry.sentences)} |")
        print(flush=True)


if __name__ == "__main__":
    main()
