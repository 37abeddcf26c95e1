"""Predicts how services would do beside the monolith, from graph, plan, trace and calibration; runs neither."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from decompose.ir.blueprint import Blueprint
from decompose.ir.evidence import History, Trace
from decompose.ir.graph import CodeGraph, Record
from decompose.ir.reports import Alternative, Capacity, Comparison, Figure, Kill, LoadFigures, Side, StudyRow
from decompose.parity import queueing, radius, study
from decompose.parity.bootstrap import bootstrap
from decompose.parity.demand import (
    MONOLITH,
    EntryDemand,
    demand_by_service,
    entry_demands,
    needs,
    remote_calls,
    service_by_unit,
)
from decompose.parity.footprint import Footprint
from decompose.parity.prices import Prices
from decompose.parity.scaling import scalings
from decompose.parity.simulate import CLIENT, PERCENTS, Load, Machine, quantiles, simulate
from decompose.parity.structure import structure_rows

PRICES: Mapping[str, float] = MappingProxyType({"cpu": 0.04, "memory_gb": 0.005, "gpu": 0.9})
"""Rough list prices per hour, in $; give your own."""
MODEL_ERROR: Mapping[float, float] = MappingProxyType({0.5: 0.4, 0.95: 0.55, 0.99: 0.55})
"""Quantile to the relative error within which nine of ten predictions fell (`benchmarks/parity/README.md`)."""
CAPACITY_ERROR = 0.15
"""The same of capacities."""
_SERVED = {"route", "page"}
_SIDES: tuple[Side, Side] = ("monolith", "services")


class Assumptions(Record):
    """What the prediction takes for granted."""

    machine: Machine = Machine()
    prices: Mapping[str, float] = PRICES
    part_availability: float = 0.999
    """Of one process."""
    fractions: tuple[float, ...] = (0.2, 0.5, 0.8)
    """Loads, as shares of the smaller capacity."""
    growth: float = 10.0
    """Factor of load at which replicas and cost are compared."""
    requests: int = 1000
    """Simulated requests at each load."""
    runs: int = 2
    """Simulations at each load, with different seeds."""


class Inputs(Record):
    """What a prediction is made from."""

    graph: CodeGraph
    blueprint: Blueprint
    trace: Trace | None = None
    history: History | None = None
    prices: Prices = Prices()
    footprints: Mapping[str, Footprint] = MappingProxyType({})
    """By service, and of the whole under `monolith`."""
    alternatives: tuple[Alternative, ...] = ()
    """Plans that nothing else beats, this one among them."""


def predict(inputs: Inputs, assumptions: Assumptions | None = None, *, seed: int = 0) -> Comparison:
    """Return the predicted comparison: load figures, capacities, blast radii, the study table and a verdict.

    Without a trace there are no times and no rates, and the rows that need them say so.

    Args:
        inputs: Graph, blueprint, and what evidence there is.
        assumptions: Machine, prices, loads.
        seed: For the simulation.
    """
    assumed = assumptions or Assumptions()
    machine = msgspec.structs.replace(assumed.machine, prices=inputs.prices)
    demands = demands_of(inputs)
    capacity = tuple(c for side in _SIDES for c in capacities(demands[side], side, machine))
    load = predicted_load(demands, machine, assumed, capacity, seed=seed)
    kills = radius.predicted_kills(entry_needs(inputs, demands["services"]), _names(inputs.blueprint))
    rows = (
        *_performance(load),
        *_scalability(demands, capacity, inputs, assumed),
        *_reliability(kills, demands["services"], inputs, assumed),
        *structure_rows(inputs.graph, inputs.blueprint, inputs.history, inputs.footprints, inputs.trace),
    )
    verdict, because = study.verdict_of(rows)
    return Comparison(
        system=inputs.blueprint.system,
        rows=rows,
        load=load,
        capacity=capacity,
        kills=kills,
        scaling=tuple(scalings(demands, inputs.prices, {name: f.memory_mb for name, f in inputs.footprints.items()})),
        alternatives=inputs.alternatives,
        verdict=verdict,
        because=because,
        notes=tuple(_notes(inputs, assumed)),
    )


def demands_of(inputs: Inputs) -> dict[Side, tuple[EntryDemand, ...]]:
    """Return what a request to each entry point asks for, on both sides; nothing without a trace."""
    if inputs.trace is None:
        return {"monolith": (), "services": ()}
    entries = [unit.symbol for unit in inputs.graph.units if unit.entry is not None and unit.entry.kind in _SERVED]
    return {side: entry_demands(inputs.trace, inputs.blueprint, entries, split=side == "services") for side in _SIDES}


def entry_needs(inputs: Inputs, demands: Iterable[EntryDemand]) -> dict[str, frozenset[str]]:
    """Return the services on the synchronous path of each entry point: as traced, else as the static calls say."""
    traced = {demand.entry: needs(demand.step) - {MONOLITH} for demand in demands}
    closures = radius.synchronous_needs(inputs.blueprint)
    homes = service_by_unit(inputs.blueprint)
    static = {
        unit.symbol: closures[homes[unit.symbol]]
        for unit in inputs.graph.units
        if unit.entry is not None and unit.entry.kind in _SERVED and unit.symbol in homes
    }
    return {**static, **traced}


def capacities(demands: Iterable[EntryDemand], side: Side, machine: Machine) -> tuple[Capacity, ...]:
    """Return the capacity of each entry point when it alone is asked.

    Source:
        Utilisation law over the interpreter locks of the parts and the cores that all of them share.
    """
    found = []
    for demand in demands:
        stations = stations_of(demand, machine)
        rate, bottleneck = queueing.capacity_per_s(stations, servers_of(stations, machine))
        per_s = _unsure(Figure(value=rate, unit="1/s"), CAPACITY_ERROR)
        found.append(Capacity(entry=demand.entry, side=side, per_s=per_s, bottleneck=bottleneck))
    return tuple(found)


def predicted_load(
    demands: Mapping[Side, tuple[EntryDemand, ...]],
    machine: Machine,
    assumed: Assumptions,
    capacity: Iterable[Capacity],
    *,
    seed: int,
) -> tuple[LoadFigures, ...]:
    """Return simulated quantiles of each entry point alone, at shares of the smaller capacity of the two sides."""
    smallest: dict[str, float] = {}
    for one in capacity:
        smallest[one.entry] = min(smallest.get(one.entry, math.inf), one.per_s.value)
    found = []
    for side in _SIDES:
        for demand in demands[side]:
            for fraction in assumed.fractions:
                rate = smallest[demand.entry] * fraction
                found.append(_simulated(demand, side, machine, rate, assumed, seed))
    return tuple(found)


def _simulated(
    demand: EntryDemand, side: Side, machine: Machine, rate: float, assumed: Assumptions, seed: int
) -> LoadFigures:
    load = Load(rates_per_s={demand.entry: rate}, seconds=assumed.requests / rate)
    runs = [simulate([demand], machine, load, seed=seed + run)[demand.entry] for run in range(assumed.runs)]
    return _told(demand.entry, side, rate, runs)


def _told(entry: str, side: Side, rate: float, runs: Sequence[Sequence[float]]) -> LoadFigures:
    """Return quantiles and distribution of simulated times, with the error that the model has shown."""
    told = [quantiles(times) for times in runs]
    p50, p95, p99 = (
        _unsure(bootstrap([q[share] for q in told], unit="ms", basis="predicted"), error)
        for share, error in MODEL_ERROR.items()
    )
    curve = quantiles([time for times in runs for time in times], PERCENTS)
    return LoadFigures(
        entry=entry,
        side=side,
        rate_per_s=round(rate, 1),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        curve_ms=tuple(round(curve[share], 3) for share in PERCENTS),
    )


def predicted_mix(
    inputs: Inputs,
    rates_per_s: Iterable[float],
    entries: Sequence[str],
    assumed: Assumptions,
    *,
    stretch: float = 1.0,
    seed: int = 0,
) -> tuple[tuple[LoadFigures, ...], tuple[Capacity, ...]]:
    """Return what the model says of a mix in which all entry points are asked alike, at given total rates.

    Args:
        inputs: What the prediction is made from.
        rates_per_s: Requests per second, of all entry points together.
        entries: The entry points of the mix.
        assumed: Machine and number of requests.
        stretch: How much longer work takes than its processor time, for what else ran while it was measured.
        seed: For the simulation.
    """
    machine = msgspec.structs.replace(assumed.machine, prices=inputs.prices, stretch=stretch)
    load: list[LoadFigures] = []
    capacity: list[Capacity] = []
    for side, found in demands_of(inputs).items():
        mixed = [demand for demand in found if demand.entry in entries]
        if len(mixed) != len(entries):
            continue
        capacity.append(_mixed_capacity(mixed, side, machine))
        for rate in rates_per_s:
            rates = {demand.entry: rate / len(mixed) for demand in mixed}
            whole = Load(rates_per_s=rates, seconds=assumed.requests * len(mixed) / rate)
            runs = [simulate(mixed, machine, whole, seed=seed + run) for run in range(assumed.runs)]
            load += [_told(entry, side, rate, [run[entry] for run in runs]) for entry in rates]
    return tuple(load), tuple(capacity)


def _mixed_capacity(mixed: Sequence[EntryDemand], side: Side, machine: Machine) -> Capacity:
    total: dict[str, float] = {}
    for demand in mixed:
        for name, ms in stations_of(demand, machine).items():
            total[name] = total.get(name, 0.0) + ms / len(mixed)
    rate, bottleneck = queueing.capacity_per_s(total, servers_of(total, machine))
    return Capacity(
        entry=study.ALL, side=side, per_s=_unsure(Figure(value=rate, unit="1/s"), CAPACITY_ERROR), bottleneck=bottleneck
    )


def stations_of(demand: EntryDemand, machine: Machine) -> dict[str, float]:
    """Return the processor time of one request at every lock, the asker's and that of all cores included."""
    work = demand_by_service(demand.step, machine.prices)
    work[demand.step.service] += machine.prices.front_ms
    work[CLIENT] = machine.prices.client_ms
    stretched = {name: ms * machine.stretch for name, ms in work.items()}
    return {**stretched, "cores": sum(stretched.values()) * machine.prices.crowding}


def servers_of(stations: Iterable[str], machine: Machine) -> dict[str, int]:
    """Return how many can work at once at each station."""
    return {**{name: machine.workers.get(name, 1) for name in stations}, "cores": machine.cores}


def _unsure(figure: Figure, error: float) -> Figure:
    """Return a figure with its interval widened by the error that the model has shown."""
    low, high = figure.low or figure.value, figure.high or figure.value
    return msgspec.structs.replace(figure, low=low / (1 + error), high=high * (1 + error))


def _performance(load: Iterable[LoadFigures]) -> list[StudyRow]:
    return study.performance_rows(load)


def _scalability(
    demands: Mapping[Side, tuple[EntryDemand, ...]],
    capacity: tuple[Capacity, ...],
    inputs: Inputs,
    assumed: Assumptions,
) -> list[StudyRow]:
    rows = study.capacity_rows(capacity)
    sides = {side: _hourly(demands[side], side, inputs, assumed) for side in _SIDES}
    if all(value > 0 for value in sides.values()):
        measure = f"cost of {assumed.growth:g} times the monolith's capacity at 70 % load, $ per hour"
        figures = {side: Figure(value=value, unit="$/h") for side, value in sides.items()}
        evidence = "replicas of each part sized by its own demand; prices as assumed"
        rows.append(study.row("scalability", measure, figures["monolith"], figures["services"], evidence=evidence))
    return rows


def _hourly(demands: Iterable[EntryDemand], side: Side, inputs: Inputs, assumed: Assumptions) -> float:
    """Return the cost per hour of `growth` requests per second at each entry point."""
    total: dict[str, float] = {}
    for demand in demands:
        work = demand_by_service(demand.step, inputs.prices)
        for name, ms in work.items():
            total[name] = total.get(name, 0.0) + ms
    if not total:
        return 0.0
    monolith_ms = sum(total.values())
    rate = assumed.growth * 1000 / monolith_ms
    by_name = {service.name: service for service in inputs.blueprint.services}
    cost = 0.0
    for name, ms in total.items():
        service = by_name.get(name)
        memory = float(service.memory_mb) if service else float(sum(s.memory_mb for s in by_name.values()))
        gpu = service.gpu if service else max((s.gpu for s in by_name.values()), default=0)
        replicas = queueing.replicas_needed(rate, ms)
        cost += queueing.cost_per_hour(replicas, cpu=1.0, memory_mb=memory, gpu=gpu, prices=assumed.prices)
    return cost


def _reliability(
    kills: Iterable[Kill], demands: Iterable[EntryDemand], inputs: Inputs, assumed: Assumptions
) -> list[StudyRow]:
    rows = study.kill_rows(kills)
    paths = entry_needs(inputs, demands)
    if paths:
        each = [queueing.availability([assumed.part_availability] * len(parts)) for parts in paths.values() if parts]
        mean = sum(each) / len(each) if each else assumed.part_availability
        alone = queueing.availability([assumed.part_availability])
        rows.append(
            study.row(
                "reliability",
                "availability of an entry point without replicas, share of time",
                Figure(value=alone, unit="share"),
                Figure(value=mean, unit="share"),
                higher_is_better=True,
                evidence=f"{assumed.part_availability:g} assumed for each process; every part on the path must be up",
                threshold=0.0,
            )
        )
    return rows


def _names(blueprint: Blueprint) -> list[str]:
    return [service.name for service in blueprint.services]


def _notes(inputs: Inputs, assumed: Assumptions) -> Iterable[str]:
    if inputs.trace is None:
        yield "no trace: latency, capacity and cost are not predicted; record one with `decompose trace -- COMMAND`"
    else:
        yield f"processor times from a traced run of {inputs.trace.seconds:.1f} s"
    prices = inputs.prices
    source = (
        f"{prices.samples} batches measured here" if prices.samples else "documented defaults, nothing was measured"
    )
    hop = f"{prices.caller_ms:.3g} ms of the asker's processor and {prices.callee_ms:.3g} ms of the answerer's"
    yield f"one call between services costs {hop}, one request {prices.front_ms:.3g} ms of the web framework ({source})"
    yield f"{assumed.machine.cores} cores shared by all processes; one interpreter lock a process; Poisson arrivals"
    crossing = [c for d in demands_of(inputs)["services"] for c in remote_calls(d.step)]
    if crossing:
        calls = sum(count for *_, count, _ in crossing)
        yield f"{calls:.1f} calls cross a boundary, summed over one request to each entry"
