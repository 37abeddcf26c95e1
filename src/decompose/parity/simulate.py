"""Plays requests through the parts, event by event, for what formulas do not give: the tail, and shared cores.

Every part is a process with one interpreter lock a worker; all processes of the machine share its cores. A caller
waits for the answer of the part that it calls, without holding its lock.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from decompose.errors import MissingExtraError
from decompose.ir.graph import Record
from decompose.parity.demand import EntryDemand, Remote, Step
from decompose.parity.prices import Prices

CLIENT = "client"
"""Part that asks."""
_SWITCH_MS = 5.0
"""After so long a thread gives the interpreter lock away (`sys.getswitchinterval`): work is shared, not queued."""
_LOOK_MS = 0.25
"""Work after which a core looks again at what the others do: an answer often leaves when the next request begins."""

PERCENTS = tuple(percent / 100 for percent in range(1, 100))
"""Shares at which a distribution is told."""


class Machine(Record):
    """What everything runs on."""

    cores: int = 2
    workers: Mapping[str, int] = MappingProxyType({})
    """Processes of each part; 1 when absent."""
    prices: Prices = Prices()
    stretch: float = 1.0
    """How much longer work takes than its processor time, for what else runs on the machine."""
    variation: float = 0.1
    """Coefficient of variation of processor times of which the trace does not tell."""


class Load(Record):
    """What is offered."""

    rates_per_s: dict[str, float]
    """Requests per second of each entry point, Poisson arrivals."""
    seconds: float = 60.0
    """Simulated time."""
    warm_up: float = 0.1
    """Share of it that is left out at the beginning."""


def simulate(entries: Sequence[EntryDemand], machine: Machine, load: Load, *, seed: int = 0) -> dict[str, list[float]]:
    """Return the simulated response times of each entry point, in milliseconds, in order of arrival.

    Raises:
        MissingExtraError: If `simpy` is not installed.
    """
    try:
        import simpy  # noqa: PLC0415  (optional)
    except ImportError as error:
        raise MissingExtraError("the simulation needs `simpy`", hint='pip install "decompose-ml[parity]"') from error
    environment = simpy.Environment()
    world = _World(environment, machine, random.Random(seed))  # noqa: S311
    found: dict[str, list[float]] = {}
    for demand in entries:
        rate = load.rates_per_s.get(demand.entry, 0.0)
        if rate > 0:
            found[demand.entry] = []
            environment.process(world.arrivals(demand, rate, load, found[demand.entry]))
    environment.run(until=load.seconds * 1000 * 1.5)
    return found


class _World:
    """The resources and the requests that use them."""

    def __init__(self, environment: Any, machine: Machine, rng: random.Random) -> None:
        import simpy  # noqa: PLC0415

        self.environment, self.machine, self.rng = environment, machine, rng
        self.cores = simpy.Resource(environment, capacity=machine.cores)
        self.locks: dict[str, Any] = {}
        self.busy_until: dict[str, float] = {}
        self._resource = simpy.Resource

    def lock(self, service: str) -> Any:
        """Return the interpreter locks of a part."""
        if service not in self.locks:
            self.locks[service] = self._resource(self.environment, capacity=self.machine.workers.get(service, 1))
        return self.locks[service]

    def arrivals(self, demand: EntryDemand, rate: float, load: Load, found: list[float]) -> Generator[Any, Any, None]:
        """Start requests as a Poisson stream."""
        end = load.seconds * 1000
        while True:
            yield self.environment.timeout(self.rng.expovariate(rate) * 1000)
            if self.environment.now > end:
                return
            is_counted = self.environment.now > end * load.warm_up
            self.environment.process(self.request(demand.step, found if is_counted else []))

    def request(self, step: Step, found: list[float]) -> Generator[Any, Any, None]:
        """Play one request and write down how long it took."""
        begin, prices = self.environment.now, self.machine.prices
        yield from self.burst(CLIENT, self.tempered(CLIENT, prices.client_ms / 2))
        yield self.environment.timeout(prices.front_wire_ms)
        yield from self.burst(step.service, self.tempered(step.service, prices.front_ms))
        yield from self.visit(step)
        yield from self.burst(CLIENT, self.tempered(CLIENT, prices.client_ms / 2))
        found.append(self.environment.now - begin)

    def visit(self, step: Step) -> Generator[Any, Any, None]:
        """Play one visit: its own work in equal parts before, between and after its calls."""
        calls = [remote for remote in step.calls for _ in range(self.drawn(remote.count))]
        parts = len(calls) + 1
        variance = step.variance_ms2 or (self.machine.variation * step.cpu_ms) ** 2
        if step.wait_ms:
            yield self.environment.timeout(step.wait_ms)
        yield from self.burst(step.service, step.cpu_ms / parts, variance / parts)
        for remote in calls:
            yield from self.call(step.service, remote)
            yield from self.burst(step.service, step.cpu_ms / parts, variance / parts)

    def call(self, caller: str, remote: Remote) -> Generator[Any, Any, None]:
        """Play one call to another part: half of the messaging before, half after the work."""
        prices, callee = self.machine.prices, remote.step.service
        asking, answering = prices.asking_ms(remote.payload_bytes) / 2, prices.answering_ms(remote.payload_bytes) / 2
        yield from self.burst(caller, self.tempered(caller, asking))
        yield self.environment.timeout(prices.wire_ms / 2)
        yield from self.burst(callee, self.tempered(callee, answering))
        yield from self.visit(remote.step)
        yield from self.burst(callee, answering)
        yield self.environment.timeout(prices.wire_ms / 2)
        yield from self.burst(caller, self.tempered(caller, asking))

    def drawn(self, count: float) -> int:
        """Return a whole number of calls whose mean is `count`."""
        return int(count) + (self.rng.random() < count - int(count))

    def burst(self, service: str, mean_ms: float, variance_ms2: float = 0.0) -> Generator[Any, Any, None]:
        """Hold the part's lock and a core for some processor time, giving both up after every switch interval."""
        left = self.varied(mean_ms, variance_ms2)
        while left > 0:
            slice_ms = min(left, _SWITCH_MS)
            with self.lock(service).request() as lock:
                yield lock
                with self.cores.request() as core:
                    yield core
                    yield from self.worked(slice_ms)
            left -= slice_ms
            self.busy_until[service] = self.environment.now

    def worked(self, work_ms: float) -> Generator[Any, Any, None]:
        """Let a core work, now and again looking at how crowded the machine is."""
        while work_ms > 0:
            piece_ms = min(work_ms, _LOOK_MS)
            yield self.environment.timeout(piece_ms * self.machine.stretch * self.crowded())
            work_ms -= piece_ms

    def tempered(self, service: str, mean_ms: float) -> float:
        """Return what a message costs a part now: more when its process was idle before."""
        if self.lock(service).count:
            return mean_ms
        return mean_ms * self.machine.prices.after_idle(self.environment.now - self.busy_until.get(service, 0.0))

    def crowded(self) -> float:
        """Return how much slower a core is at the moment, for the others that work."""
        others = self.machine.cores - 1
        busy = max(0, self.cores.count - 1) / others if others else 0.0
        return 1 + (self.machine.prices.crowding - 1) * busy

    def varied(self, mean_ms: float, variance_ms2: float) -> float:
        """Return a gamma-distributed time of the given mean and variance."""
        if mean_ms <= 0 or variance_ms2 <= 0:
            return max(0.0, mean_ms)
        return self.rng.gammavariate(mean_ms * mean_ms / variance_ms2, variance_ms2 / mean_ms)


def quantiles(values: Sequence[float], shares: Sequence[float] = (0.5, 0.95, 0.99)) -> Mapping[float, float]:
    """Return quantiles by linear interpolation; NaN for no values."""
    ordered = sorted(values)
    if not ordered:
        return {share: float("nan") for share in shares}
    found = {}
    for share in shares:
        position = share * (len(ordered) - 1)
        low = int(position)
        high = min(low + 1, len(ordered) - 1)
        found[share] = ordered[low] + (position - low) * (ordered[high] - ordered[low])
    return found
