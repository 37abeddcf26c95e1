"""Counts and times of calls, in the Prometheus text format."""

from __future__ import annotations

import threading
from collections import defaultdict

_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 600.0)


class Metrics:
    """Calls by operation and outcome."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, int], int] = defaultdict(int)
        self._seconds: dict[str, float] = defaultdict(float)
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_BUCKETS) + 1))
        self.in_flight = 0

    def count(self, operation: str, status: int, seconds: float) -> None:
        """Add one call."""
        with self._lock:
            self._calls[operation, status] += 1
            self._seconds[operation] += seconds
            self._buckets[operation][next((i for i, b in enumerate(_BUCKETS) if seconds <= b), len(_BUCKETS))] += 1

    def text(self) -> str:
        """Return all figures in the exposition format 0.0.4."""
        lines = ["# TYPE service_calls_total counter"]
        with self._lock:
            for (operation, status), count in sorted(self._calls.items()):
                lines.append(f'service_calls_total{{{self._labels(operation)},status="{status}"}} {count}')
            lines.append("# TYPE service_call_seconds histogram")
            for operation, buckets in sorted(self._buckets.items()):
                lines += self._histogram(operation, buckets)
        lines += [
            "# TYPE service_calls_in_flight gauge",
            f'service_calls_in_flight{{service="{self._service}"}} {self.in_flight}',
        ]
        return "\n".join(lines) + "\n"

    def _histogram(self, operation: str, buckets: list[int]) -> list[str]:
        labels, total, lines = self._labels(operation), 0, []
        for bound, count in zip((*map(str, _BUCKETS), "+Inf"), buckets, strict=True):
            total += count
            lines.append(f'service_call_seconds_bucket{{{labels},le="{bound}"}} {total}')
        lines.append(f"service_call_seconds_sum{{{labels}}} {self._seconds[operation]:.6f}")
        return [*lines, f"service_call_seconds_count{{{labels}}} {total}"]

    def _labels(self, operation: str) -> str:
        return f'service="{self._service}",operation="{operation}"'
