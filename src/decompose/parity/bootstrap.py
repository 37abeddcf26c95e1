"""Intervals of what was measured: by resampling, and of counts."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Sequence

from decompose.ir.reports import Basis, Figure

_Z = 1.96
"""Standard normal quantile of 97.5 %."""


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


def share_of(hits: int, of: int, *, unit: str = "") -> Figure:
    """Return a measured share with its 95 % interval; where nothing was counted it may be anything.

    Source:
        E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    """
    if not of:
        return Figure(value=0.0, low=0.0, high=1.0, unit=unit, basis="measured")
    share, z2 = hits / of, _Z * _Z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Figure(value=share, low=min(share, low), high=max(share, high), unit=unit, basis="measured")
