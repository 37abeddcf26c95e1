"""Graph to partitions: what belongs together, at several granularities."""

from __future__ import annotations

from decompose.cluster.foreign import accept
from decompose.cluster.pareto import assignment, partitions
from decompose.cluster.weights import Weights

__all__ = ["Weights", "accept", "assignment", "partitions"]
