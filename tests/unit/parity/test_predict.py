import re
import statistics
import tomllib
from pathlib import Path

import msgspec
import pytest

from decompose.ir.blueprint import Blueprint, CutEdge, Handoff, JobStep, Operation, ServiceBlueprint
from decompose.ir.evidence import History, HopCost, Trace, TracedCall
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, EntryPoint, Module, Unit
from decompose.ir.reports import Figure, LoadFigures
from decompose.parity import radius, study
from decompose.parity.bootstrap import bootstrap, share_of
from decompose.parity.calibrate import Front, fitted
from decompose.parity.demand import EntryDemand, Step, demand_by_service, entry_demands, needs, remote_calls
from decompose.parity.footprint import SERVER, Distribution, Footprint, closure, service_requirements
from decompose.parity.predict import Assumptions, Inputs, predict, predicted_mix
from decompose.parity.prices import Prices, prices_of
from decompose.parity.queueing import waiting_ms
from decompose.parity.render_comparison import comparison_to_markdown
from decompose.parity.simulate import Load, Machine, quantiles, simulate


def _unit(symbol, entry=False):
    module = symbol.partition(":")[0]
    point = EntryPoint(kind="route", detail="/predict") if entry else None
    return Unit(symbol=symbol, kind="function", module=module, span=Span(f"{module}.py"), entry=point)


def _edge(source, from_service, target, to_service):
    return CutEdge(
        source=source, target=target, from_service=from_service, to_service=to_service, kind="call", verdict="safe"
    )


GRAPH = CodeGraph(
    name="toy",
    digest="0",
    modules=tuple(Module(name=n, path=f"{n}.py", kind="module") for n in ("app", "features", "model", "common")),
    units=(
        _unit("app:predict", entry=True),
        _unit("app:page", entry=True),
        _unit("features:build"),
        _unit("model:score"),
        _unit("common:log"),
    ),
    edges=(),
)
BLUEPRINT = Blueprint(
    system="toy",
    services=(
        ServiceBlueprint(name="web", kind="gateway", members=("app:page", "app:predict")),
        ServiceBlueprint(name="features", kind="service", members=("features:build",)),
        ServiceBlueprint(
            name="model",
            kind="service",
            members=("model:score",),
            operations=(Operation(name="score", symbol="model:score", service="model", kind="function"),),
        ),
    ),
    shared=("common:log",),
    cut_edges=(
        _edge("app:predict", "web", "features:build", "features"),
        _edge("features:build", "features", "model:score", "model"),
    ),
    handoffs=(Handoff(asset="model:churn", owner="features", writers=("features",), readers=("model",)),),
    pipeline=(
        JobStep(service="features", entry="features:build"),
        JobStep(service="model", entry="model:score", after=("features",)),
    ),
)
TRACE = Trace(
    command=("python", "main.py"),
    seconds=1.0,
    calls=(
        TracedCall(caller="", callee="app:predict", calls=10, self_seconds=0.01),
        TracedCall(caller="app:predict", callee="features:build", calls=10, self_seconds=0.05, argument_bytes=1000),
        TracedCall(caller="features:build", callee="model:score", calls=20, self_seconds=0.04, result_bytes=500),
        TracedCall(caller="model:score", callee="common:log", calls=20, self_seconds=0.02),
        TracedCall(caller="app:predict", callee="common:log", calls=10, self_seconds=0.01),
    ),
)
FREE = prices_of(HopCost(base_ms=0.0, ms_per_byte=0.0))
HISTORY = History(commits=4, change_sets=(("app.py",), ("features.py", "model.py"), ("common.py",), ("README.md",)))


def test_the_monolith_does_all_the_work_itself():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=False)

    assert demand.step.cpu_ms == pytest.approx(13.0)
    assert demand.step.calls == ()


def test_across_services_work_stands_where_the_code_runs_and_shared_code_with_its_caller():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=True)

    work = demand_by_service(demand.step, FREE)
    assert work == pytest.approx({"web": 2.0, "features": 5.0, "model": 6.0})
    assert sum(work.values()) == pytest.approx(13.0)
    assert needs(demand.step) == {"web", "features", "model"}
    crossings = [(a, b, n) for a, b, n, _ in remote_calls(demand.step)]
    assert crossings == [("web", "features", 1.0), ("features", "model", 2.0)]


def test_hops_are_work_for_both_ends():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=True)

    work = demand_by_service(demand.step, prices_of(HopCost(base_ms=1.0, ms_per_byte=0.001)))

    assert work["web"] == pytest.approx(2.0 + 1.0)
    assert sum(work.values()) == pytest.approx(13.0 + 1.0 + 1.0 + 2 * (1.0 + 0.5))


def test_processor_time_goes_before_elapsed_time_and_long_absences_are_waiting():
    calls = (
        TracedCall(caller="", callee="app:predict", calls=10, self_seconds=0.05, cpu_seconds=0.04, cpu_variation=0.5),
        TracedCall(caller="app:predict", callee="features:build", calls=10, self_seconds=0.5, cpu_seconds=0.01),
        TracedCall(caller="app:predict", callee="model:score", calls=10, self_seconds=0.05, cpu_seconds=0.05),
    )

    (demand,) = entry_demands(Trace(command=(), seconds=1, calls=calls), BLUEPRINT, ["app:predict"], split=False)

    assert demand.step.cpu_ms == pytest.approx(10.0)
    assert demand.step.wait_ms == pytest.approx(50.0 - 1.25)
    assert demand.step.variance_ms2 == pytest.approx((4.0 * 0.5) ** 2)


def test_on_a_busy_machine_everything_is_stretched_and_nothing_waits():
    calls = tuple(
        TracedCall(caller="", callee=name, calls=10, self_seconds=0.3, cpu_seconds=0.1)
        for name in ("app:predict", "features:build", "model:score")
    )

    (demand,) = entry_demands(Trace(command=(), seconds=1, calls=calls), BLUEPRINT, ["app:predict"], split=False)

    assert (demand.step.cpu_ms, demand.step.wait_ms) == (pytest.approx(10.0), 0.0)


def test_waiting_takes_time_and_no_capacity():
    calls = (
        TracedCall(caller="", callee="app:predict", calls=10, self_seconds=0.5, cpu_seconds=0.01),
        TracedCall(caller="", callee="app:page", calls=10, self_seconds=0.01, cpu_seconds=0.01),
        TracedCall(caller="", callee="model:score", calls=10, self_seconds=0.01, cpu_seconds=0.01),
    )
    (demand,) = entry_demands(Trace(command=(), seconds=1, calls=calls), BLUEPRINT, ["app:predict"], split=False)

    times = simulate([demand], Machine(prices=FREE), Load(rates_per_s={"app:predict": 100.0}, seconds=5))["app:predict"]

    assert min(times) >= 49.0
    assert statistics.median(times) < 55.0


def test_prices_are_fitted_to_batches():
    rows = [(100, 0.3, 0.7, 1.1), (100, 0.3, 0.7, 1.3), (100, 0.5, 0.9, 1.5), (1_000_100, 1.3, 2.7, 5.0)]

    front = Front(server_ms=0.8, client_ms=0.2, wire_ms=-0.1)
    cold_front = Front(server_ms=1.6, client_ms=0.2, wire_ms=0.0)

    paused = [(0.004, [(100, 0.4, 1.6, 2.0)], cold_front), (0.03, [(100, 0.5, 2.7, 3.4)], cold_front)]
    found = fitted(rows, paused, front=front, crowding=1.2)

    assert (found.caller_ms, found.callee_ms) == (0.3, 0.7)
    assert found.asking_ms(1_000_000) == pytest.approx(1.3)
    assert found.answering_ms(1_000_000) == pytest.approx(2.7)
    assert found.wire_ms == pytest.approx(0.1)
    assert found.front_wire_ms == 0.0
    assert found.cold == ((4.0, pytest.approx(1.9)), (30.0, pytest.approx(2.5)))
    assert found.samples == 4


def test_the_longer_the_pause_the_dearer_the_message():
    prices = Prices(cold=((4.0, 2.0), (64.0, 4.0)))

    factors = [prices.after_idle(ms) for ms in (0.0, 1.0, 2.0, 4.0, 16.0, 64.0, 5000.0)]

    assert factors == pytest.approx([1.0, 1.0, 1.5, 2.0, 3.0, 4.0, 4.0])
    assert Prices().after_idle(100.0) == 1.0


def test_an_idle_process_answers_from_cold_caches():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=False)
    prices = Prices(front_ms=10.0, front_wire_ms=0.0, client_ms=0.0, cold=((4.0, 2.0),))

    def median(rate):
        load = Load(rates_per_s={"app:predict": rate}, seconds=200)
        return statistics.median(simulate([demand], Machine(prices=prices, variation=0.0), load)["app:predict"])

    assert median(0.5) == pytest.approx(20.0 + 13.0, rel=0.05)


def test_crowded_cores_are_slower_and_take_less():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=False)
    load = Load(rates_per_s={"app:predict": 60.0}, seconds=60)
    slow = Prices(front_ms=0.0, front_wire_ms=0.0, client_ms=0.0, crowding=1.5)

    machine = Machine(cores=2, workers={"monolith": 2}, prices=slow)
    plain = Machine(cores=2, workers={"monolith": 2}, prices=FREE)

    crowded, alone = (statistics.mean(simulate([demand], m, load)["app:predict"]) for m in (machine, plain))
    assert crowded > 1.1 * alone


def test_a_short_burst_of_another_process_crowds_only_while_it_lasts():
    """The asker reads an answer just when the next request begins; that must not slow the whole of it."""
    demand = EntryDemand(entry="app:predict", requests=1, step=Step(service="monolith", cpu_ms=3.0))
    prices = msgspec.structs.replace(FREE, client_ms=0.1, crowding=1.5)
    load = Load(rates_per_s={"app:predict": 250.0}, seconds=20)

    with_client, without = (
        statistics.median(simulate([demand], Machine(prices=price), load)["app:predict"]) for price in (prices, FREE)
    )

    assert with_client < 1.5 * without


def test_a_part_with_work_in_hand_is_not_cold():
    demand = EntryDemand(entry="app:predict", requests=1, step=Step(service="monolith", cpu_ms=4.9))
    prices = msgspec.structs.replace(FREE, front_ms=1.0, cold=((4.0, 4.0),))
    load = Load(rates_per_s={"app:predict": 160.0}, seconds=20)

    times = simulate([demand], Machine(prices=prices, variation=0.0), load)["app:predict"]

    assert statistics.median(times) < 200, "at 94 % of the capacity, and no further"


def test_recursion_in_a_trace_ends():
    calls = (
        TracedCall(caller="", callee="app:predict", calls=1, self_seconds=0.001),
        TracedCall(caller="app:predict", callee="features:build", calls=1, self_seconds=0.001),
        TracedCall(caller="features:build", callee="app:predict", calls=1, self_seconds=0.001),
    )

    (demand,) = entry_demands(Trace(command=(), seconds=1, calls=calls), BLUEPRINT, ["app:predict"], split=True)

    assert demand.step.calls


def test_the_simulation_agrees_with_the_formula():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=False)
    machine = Machine(cores=1, prices=FREE, variation=1.0)

    times = simulate([demand], machine, Load(rates_per_s={"app:predict": 40.0}, seconds=600), seed=1)["app:predict"]

    assert statistics.mean(times) == pytest.approx(13.0 + waiting_ms(40, 13.0), rel=0.1)


def test_the_same_seed_gives_the_same_simulation():
    (demand,) = entry_demands(TRACE, BLUEPRINT, ["app:predict"], split=True)
    load = Load(rates_per_s={"app:predict": 20.0}, seconds=5)

    assert simulate([demand], Machine(), load, seed=3) == simulate([demand], Machine(), load, seed=3)


def test_prediction_fills_the_table_and_says_what_it_rests_on():
    sizes = {"web": 10.0, "features": 200.0, "model": 300.0, "monolith": 400.0}
    footprints = {name: Footprint(distributions=(), size_mb=size) for name, size in sizes.items()}
    inputs = Inputs(
        graph=GRAPH,
        blueprint=BLUEPRINT,
        trace=TRACE,
        history=HISTORY,
        prices=prices_of(HopCost(base_ms=10.0, samples=3)),
        footprints=footprints,
    )

    found = predict(inputs)

    assert {row.aspect for row in found.rows} == set(study.ASPECTS)
    assert found.verdict in ("split", "split partly", "stay")
    by_side = {one.side: one for one in found.capacity if one.entry == "app:predict"}
    assert by_side["services"].bottleneck in ("model", "features", "cores")
    median = next(row for row in found.rows if row.measure.startswith("median latency"))
    assert median.winner == "monolith"
    text = comparison_to_markdown(found)
    assert "median latency at middle load, geometric mean of 1 entry points" in text
    assert all(note in text for note in found.notes)


def test_without_a_trace_nothing_is_made_up():
    found = predict(Inputs(graph=GRAPH, blueprint=BLUEPRINT))

    assert not found.load
    assert not found.capacity
    assert any("no trace" in note for note in found.notes)
    assert any(kill.killed == "model" and "app:predict" in kill.failed for kill in found.kills)
    assert any(kill.killed == "web" for kill in found.kills)


def test_a_mix_is_predicted_at_the_rates_that_were_measured():
    calls = (*TRACE.calls, TracedCall(caller="", callee="app:page", calls=10, self_seconds=0.03))
    inputs = Inputs(graph=GRAPH, blueprint=BLUEPRINT, trace=Trace(command=(), seconds=1, calls=calls), prices=FREE)

    load, capacity = predicted_mix(inputs, [10.0, 40.0], ["app:page", "app:predict"], Assumptions())

    assert {(one.entry, one.side, one.rate_per_s) for one in load} == {
        (entry, side, rate)
        for entry in ("app:page", "app:predict")
        for side in ("monolith", "services")
        for rate in (10.0, 40.0)
    }
    alike = next(one for one in capacity if one.side == "monolith")
    assert alike.per_s.value == pytest.approx(1000 / ((13.0 + 3.0) / 2))
    _, slower = predicted_mix(inputs, [10.0], ["app:page", "app:predict"], Assumptions(), stretch=2.0)
    assert slower[0].per_s.value == pytest.approx(alike.per_s.value / 2)
    assert predicted_mix(inputs, [10.0], ["app:page", "app:unseen"], Assumptions()) == ((), ())


def test_latency_rows_count_every_entry_alike():
    def load(entry, side, rate, value):
        one = Figure(value=value, low=value * 0.9, high=value * 1.1, unit="ms")
        return LoadFigures(entry=entry, side=side, rate_per_s=rate, p50_ms=one, p95_ms=one, p99_ms=one)

    found = study.performance_rows(
        [
            load("fast", "monolith", 10, 1.0),
            load("slow", "monolith", 5, 100.0),
            load("fast", "services", 10, 4.0),
            load("slow", "services", 5, 100.0),
            load("only", "services", 5, 100.0),
        ]
    )

    names = [row.measure.split(",")[0] for row in found]
    assert names == ["median latency at middle load", "95th percentile at middle load"]
    assert found[0].monolith is not None and found[0].monolith.value == pytest.approx(10.0)
    assert found[0].services is not None and found[0].services.value == pytest.approx(20.0)
    assert found[0].winner == "monolith"


def test_methods_of_an_object_that_was_read_from_a_file_run_where_it_was_read():
    calls = (
        TracedCall(caller="", callee="app:predict", calls=10, self_seconds=0.01),
        TracedCall(caller="app:predict", callee="model:Net.score", calls=10, self_seconds=0.05),
    )
    trace = Trace(command=(), seconds=1, calls=calls)
    owns = ServiceBlueprint(name="model", kind="service", members=("model:Net",))
    services = (BLUEPRINT.services[0], BLUEPRINT.services[1], owns)
    made_there = _edge("app:predict", "web", "model:Net", "model")
    elsewhere = _edge("app:predict", "web", "features:build", "features")

    read = Blueprint(system="toy", services=services, cut_edges=(elsewhere,))
    made = Blueprint(system="toy", services=services, cut_edges=(elsewhere, made_there))

    (local,) = entry_demands(trace, read, ["app:predict"], split=True)
    (remote,) = entry_demands(trace, made, ["app:predict"], split=True)
    assert needs(local.step) == {"web"}
    assert needs(remote.step) == {"web", "model"}


def test_a_change_of_shared_code_rebuilds_everything():
    owners = radius.services_by_file(BLUEPRINT, GRAPH)

    touched = radius.touched_services(HISTORY, owners)

    assert [len(names) for names in touched] == [1, 2, 3, 0]


def test_resumable_steps_lose_less_than_a_restart():
    assert radius.redone_share(BLUEPRINT.pipeline, {}, is_resumable=True) == pytest.approx(0.25)
    assert radius.redone_share(BLUEPRINT.pipeline, {"features": 9.0, "model": 1.0}, is_resumable=True) == pytest.approx(
        0.41
    )
    assert radius.redone_share(BLUEPRINT.pipeline, {}, is_resumable=False) == 0.5


def test_a_row_is_a_tie_when_intervals_meet():
    low, high = Figure(value=10, low=8, high=12), Figure(value=13, low=11, high=15)

    assert study.row("performance", "x", low, high).winner == "tie"
    assert study.row("performance", "x", low, Figure(value=13, low=12.5, high=15)).winner == "monolith"
    assert study.row("performance", "x", Figure(value=10), Figure(value=10.1)).winner == "tie"
    assert study.row("performance", "x", Figure(value=10), None).winner == "unknown"
    assert study.row("scalability", "x", Figure(value=10), Figure(value=30), higher_is_better=True).by == "3 times"


def test_the_verdict_follows_the_balance_of_aspects():
    def rows(**winners):
        pair = Figure(value=1.0), Figure(value=2.0)
        return [
            study.row(a.replace("_", " "), a, *(pair if w == "monolith" else pair[::-1])) for a, w in winners.items()
        ]

    assert study.verdict_of(rows(performance="monolith"))[0] == "stay"
    assert study.verdict_of(rows(performance="monolith", reliability="services"))[0] == "stay"
    assert study.verdict_of(rows(performance="monolith", reliability="services", scalability="services"))[0] == "split"
    partly = rows(
        performance="monolith",
        deployment="monolith",
        reliability="services",
        scalability="services",
        modularity="services",
    )
    assert study.verdict_of(partly)[0] == "split partly"


def test_one_request_of_forty_that_fails_tells_nothing_against_none_of_fifteen():
    some, none, many = share_of(1, 40), share_of(0, 15), share_of(20, 40)

    assert (some.value, none.value, none.low) == (1 / 40, 0.0, 0.0)
    assert none.high > some.low
    assert many.low > none.high
    assert share_of(10, 40).low == pytest.approx(0.142, abs=0.001)
    assert share_of(0, 0).high == 1.0


def test_bootstrap_holds_the_median_between_its_bounds():
    found = bootstrap([1.0, 2.0, 3.0, 4.0, 100.0])

    assert found.low is not None and found.high is not None
    assert found.low <= found.value == 3.0 <= found.high
    assert bootstrap([5.0]).low is None


def test_quantiles_interpolate():
    assert quantiles([1, 2, 3, 4], [0.5])[0.5] == pytest.approx(2.5)


def test_a_service_carries_what_the_generated_runtime_needs_to_serve():
    project = Path(__file__).resolve().parents[3] / "templates" / "packages" / "runtime" / "pyproject.toml"
    extra = tomllib.loads(project.read_text())["project"]["optional-dependencies"]["server"]

    assert sorted(re.split("[<>=]", line)[0] for line in extra) == sorted(SERVER)
    assert service_requirements(["pandas>=2"]) == ["pandas>=2", *SERVER]


def test_a_closure_is_followed_through_requirements():
    installed = {"a": Distribution(1.0, ("b", "gone")), "b": Distribution(2.0, ("a",)), "c": Distribution(4.0)}

    assert closure(["a", "missing"], installed) == ["a", "b"]
