import pytest

from decompose.parity.demand import EntryDemand, Remote, Step
from decompose.parity.prices import Prices
from decompose.parity.scaling import STEPS, scalings

FREE = Prices(
    caller_ms=0.0, callee_ms=0.0, caller_ms_per_byte=0.0, callee_ms_per_byte=0.0, wire_ms=0.0, front_ms=0.0,
    front_wire_ms=0.0, client_ms=0.0,
)  # fmt: skip
WHOLE = EntryDemand(entry="e", requests=1, step=Step(service="monolith", cpu_ms=10.0))
PARTS = EntryDemand(
    entry="e",
    requests=1,
    step=Step(
        service="web",
        cpu_ms=2.0,
        calls=(Remote(step=Step(service="model", cpu_ms=8.0), count=1.0, payload_bytes=0.0),),
    ),
)


def test_the_monolith_grows_by_whole_copies():
    found = list(scalings({"monolith": (WHOLE,), "services": ()}, FREE, {"monolith": 100.0}))

    assert [one.per_s.value for one in found] == pytest.approx([100.0 * n for n in range(1, STEPS + 1)])
    assert [one.memory_mb for one in found] == [100.0 * n for n in range(1, STEPS + 1)]


def test_services_grow_where_they_are_exhausted():
    found = list(scalings({"services": (PARTS,)}, FREE, {"web": 10.0, "model": 90.0}))

    assert [one.added for one in found] == ["", "model", "model", "model", "model", "web"]
    assert [round(one.per_s.value) for one in found] == [125, 250, 375, 500, 500, 625]
    assert [one.processes for one in found] == [2, 3, 4, 5, 6, 7]
    assert found[1].memory_mb == 190.0


def test_the_lower_bound_is_contended():
    first, second, *_ = scalings({"monolith": (WHOLE,)}, FREE, {})

    assert first.per_s.low == pytest.approx(first.per_s.value)
    assert second.per_s.low is not None and second.per_s.low < second.per_s.value
