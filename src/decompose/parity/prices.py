"""What surrounds the user's own code when a request is answered, as processor time."""

from __future__ import annotations

import math

from decompose.ir.evidence import HopCost
from decompose.ir.graph import Record

WARM_MS = 1.0
"""Idle time up to which the caches of a process count as warm."""


class Prices(Record):
    """Processor time, in milliseconds, of what surrounds the user's own code."""

    caller_ms: float = 0.3
    """Of a call between services, on the side that asks."""
    callee_ms: float = 0.6
    """The same on the side that answers."""
    caller_ms_per_byte: float = 2e-6
    callee_ms_per_byte: float = 2e-6
    wire_ms: float = 0.1
    """Of the elapsed time of a call, what no processor of either side accounts for: sockets, waking up."""
    front_ms: float = 0.6
    """Of receiving and answering a request in the web framework."""
    front_wire_ms: float = 0.1
    """As `wire_ms`, of a request to the web framework."""
    client_ms: float = 0.2
    """Of the load generator, for one request."""
    crowding: float = 1.0
    """How much longer the same work takes on one core while the others work too: shared caches, hyper-threads, and a
    kernel that leaves processes that wake each other on one core though another is free."""
    cold: tuple[tuple[float, float], ...] = ()
    """Milliseconds for which a process was idle, and how many times dearer a message is for it then: caches went cold."""
    samples: int = 0
    """Calls measured; 0 says that these are documented defaults."""

    def after_idle(self, idle_ms: float) -> float:
        """Return how many times dearer a message is for a process that was idle for so long.

        Linear in the logarithm of the time between the measured points, 1 up to `WARM_MS`, flat after the last.
        """
        before = (WARM_MS, 1.0)
        for point in self.cold:
            if idle_ms < point[0]:
                share = max(0.0, math.log(max(idle_ms, WARM_MS) / before[0]) / math.log(point[0] / before[0]))
                return before[1] + share * (point[1] - before[1])
            before = point
        return before[1]

    def asking_ms(self, payload_bytes: float) -> float:
        """Return the processor time of the asker for one call."""
        return self.caller_ms + self.caller_ms_per_byte * payload_bytes

    def answering_ms(self, payload_bytes: float) -> float:
        """Return the processor time of the answering side for one call."""
        return self.callee_ms + self.callee_ms_per_byte * payload_bytes


def prices_of(hop: HopCost) -> Prices:
    """Return the prices that a plain measurement of round trips stands for: half of a hop on each side."""
    half, per_byte = hop.base_ms / 2, hop.ms_per_byte / 2
    return Prices(
        caller_ms=half,
        callee_ms=half,
        caller_ms_per_byte=per_byte,
        callee_ms_per_byte=per_byte,
        wire_ms=0.0,
        front_ms=hop.base_ms,
        client_ms=0.0,
        samples=hop.samples,
    )
