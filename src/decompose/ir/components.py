"""Strongly connected components and reachability over numbered nodes, without recursion."""

from __future__ import annotations

from collections.abc import Sequence


def strong_components(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the strongly connected components, callees before callers; members sorted.

    Source:
        R. Tarjan, "Depth-first search and linear graph algorithms" (1972), with an explicit stack.
    """
    count = len(successors)
    order, low, on_stack = [-1] * count, [0] * count, [False] * count
    stack: list[int] = []
    found: list[list[int]] = []
    clock = 0
    for root in range(count):
        if order[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                order[node] = low[node] = clock
                clock += 1
                stack.append(node)
                on_stack[node] = True
            descended = False
            for index in range(position, len(successors[node])):
                other = successors[node][index]
                if order[other] < 0:
                    work += [(node, index + 1), (other, 0)]
                    descended = True
                    break
                if on_stack[other]:
                    low[node] = min(low[node], order[other])
            if descended:
                continue
            if low[node] == order[node]:
                found.append(_pop_component(node, stack, on_stack))
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
    return found


def reach_masks(successors: Sequence[Sequence[int]], sources: Sequence[Sequence[int]]) -> list[int]:
    """Return for each node the bit mask of the sources that reach it; bit k stands for any node of `sources[k]`."""
    masks = [0] * len(successors)
    for bit, nodes in enumerate(sources):
        for node in nodes:
            masks[node] |= 1 << bit
    for component in reversed(strong_components(successors)):
        mask = 0
        for node in component:
            mask |= masks[node]
        for node in component:
            masks[node] = mask
            for other in successors[node]:
                masks[other] |= mask
    return masks


def _pop_component(node: int, stack: list[int], on_stack: list[bool]) -> list[int]:
    """Take one finished component off the stack."""
    members: list[int] = []
    while True:
        member = stack.pop()
        on_stack[member] = False
        members.append(member)
        if member == node:
            return sorted(members)
