"""Intervals without assumptions: resample what was measured."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence

from decompose.ir.reports import Basis, Figure


def bootstrap(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float] = statistics.median,
    *,
    unit: str = "",
    basis: Basis = "measured",
    rounds: int = 1000,
    seed: int = 0,
) -> Figure:
    """Return a statistic with its 95 % percentile interval.

    Args:
        values: What was measured, at least one.
        statistic: What is to be told; the median by default.
        unit: Unit of the values.
        basis: Where they come from.
        rounds: Resamples.
        seed: For the resampling.

    Source:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife" (1979).
    """
    rng = random.Random(seed)  # noqa: S311
    centre = statistic(values)
    if len(values) < 2:
        return Figure(value=centre, unit=unit, basis=basis)
    drawn = sorted(statistic(rng.choices(values, k=len(values))) for _ in range(rounds))
    low, high = drawn[int(0.025 * rounds)], drawn[min(rounds - 1, int(0.975 * rounds))]
    return Figure(value=centre, low=low, high=high, unit=unit, basis=basis)
