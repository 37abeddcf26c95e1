"""The system whose generated services are changed, and both sides of its verification."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path

import msgspec
import parity_toy

import decompose
from decompose import api
from decompose.ir.plan import Plan, ServicePlan
from decompose.ir.reports import Check
from decompose.parity import VerifyOptions, read_workspace, replay
from decompose.parity.artifacts import compare_drivers
from decompose.parity.driver import run_driver
from decompose.parity.launch import moved_modules
from decompose.parity.outcomes import compare_suites
from decompose.parity.patches import describe_moved, find_patches
from decompose.parity.sandbox import overlay
from decompose.parity.suite import run_suite
from decompose.parity.verify import Bench

STREAM = '''
    """Odds and ends that a wire likes to lose: moved."""
    import warnings
    from dataclasses import dataclass, field

    LIMIT = 3
    TALLY = {"calls": 0}


    @dataclass
    class Reading:
        name: str
        value: float
        tags: list = field(default_factory=list)


    class TooMuch(ValueError):
        def __init__(self, name, amount):
            super().__init__(f"{amount} of {name}")
            self.name = name
            self.amount = amount


    def chunks(values, size=2):
        for at in range(0, len(values), size):
            yield values[at : at + size]


    def old_name(name):
        warnings.warn(f"{name} is old", DeprecationWarning, stacklevel=2)
        return name.lower()


    def is_much(value):
        return value > LIMIT


    def encode(text):
        return text.encode("utf-8")


    def bounds(values):
        low, high = min(values), max(values)
        return low, high


    def distinct(words):
        return set(words)


    def count():
        TALLY["calls"] += 1
        return TALLY["calls"]


    def latest(moments):
        return moments.max()


    def negated(value):
        return -value


    def reading(name, value, tags):
        return Reading(name, value, tags)


    def take(name, amount):
        if amount > LIMIT:
            raise TooMuch(name, amount)
        return LIMIT - amount


    def grow(tree, leaf):
        tree["leaves"].append(leaf)


    def seal(name):
        print("sealed", name)
        return name + "!"
'''
TESTS = """
    import pandas as pd
    import pytest

    from shop import stream


    def test_chunks():
        source = stream.chunks([1, 2, 3, 4, 5, 6, 7])
        assert next(source) == [1, 2]
        assert list(source) == [[3, 4], [5, 6], [7]]


    def test_warning():
        with pytest.warns(DeprecationWarning, match="Shop is old"):
            assert stream.old_name("Shop") == "shop"


    def test_small_types():
        assert stream.is_much(4) is True
        assert stream.encode("é") == b"\\xc3\\xa9"
        assert stream.bounds([3, 1]) == (1, 3)
        assert stream.distinct(["a", "a"]) == {"a"}
        assert stream.count() == stream.count() - 1
        assert str(stream.negated(0.0)) == "-0.0"
        assert stream.reading("a", 1.0, ["t"]).tags == ["t"]
        assert stream.seal("x") == "x!"


    def test_latest():
        assert stream.latest(pd.Series([], dtype="datetime64[ns]")) is pd.NaT


    def test_take():
        with pytest.raises(stream.TooMuch) as caught:
            stream.take("salt", 5)
        assert (caught.value.name, caught.value.amount) == ("salt", 5)


    def test_grow():
        tree = {"leaves": [1]}
        stream.grow(tree, 2)
        assert tree == {"leaves": [1, 2]}
"""
DRIVER = """
    import json
    import time

    import pandas as pd

    from shop import stream
    from shop.report import run

    print(json.dumps(run("data/orders.csv"), indent=1))
    print([list(part) for part in stream.chunks(list(range(7)))], stream.bounds([2, 9]), stream.encode("ä"))
    print(stream.is_much(5), sorted(stream.distinct("hello")), stream.count(), stream.count(), stream.negated(0.0))
    print(stream.reading("r", 0.5, ["x"]), stream.latest(pd.Series([pd.NaT])), stream.old_name("ABC"), stream.take("a", 1))
    try:
        stream.take("pepper", 9)
    except ValueError as error:
        print(type(error).__name__, error, getattr(error, "amount", "none"))
    leaves = {"leaves": []}
    stream.grow(leaves, "leaf")
    print(leaves, stream.seal("box"))
    print("took", time.perf_counter())
"""
MONOLITH = {
    **parity_toy.MONOLITH,
    "shop/stream.py": STREAM,
    "tests/test_stream.py": TESTS,
    "main.py": DRIVER,
    "requirements.txt": "numpy\npandas\npytest\n",
}
PARTS = ("clean", "train", "stream")
_DRIVER = ("python", "main.py")
_CALLS, _VARIANTS = 8, 12
"""Calls of an operation that are recorded, and variants of each; `verify` itself takes 25 and 24."""


def build(folder: Path) -> tuple[Path, Path]:
    """Write the monolith, generate its services, and return both folders."""
    root, out = folder / "shop-system", folder / "out"
    for path, text in MONOLITH.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text).lstrip("\n"))
    graph = decompose.analyze(root, state=folder / "state")
    services = tuple(ServicePlan(name=part, members=(f"shop.{part}:*",)) for part in PARTS)
    offline = ("main:*", "shop.report:*", "tests.*")
    plan = Plan(system="shop", graph=graph.digest, services=services, offline=offline)
    api.write_tree(decompose.generate(plan, graph, root=root), out)
    return root, out


class MonolithSide:
    """What the monolith does: its suite, its driver, its calls; run once, the suite and the calls twice."""

    def __init__(self, root: Path, out: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.root, self.out, self.folder = root, out, folder
        self.options = VerifyOptions(python=Path(sys.executable), driver=_DRIVER)
        self.bench = Bench(out, root, folder, self.options, lambda _: None)
        self.suite, self.suite_again = (self.run_suite(self.bench.plain_copy(n), {}) for n in ("suite", "suite-again"))
        self.driver, self.driver_again = (self.run_driver(self.bench.plain_copy(n), {}) for n in ("driver", "driver-2"))
        self.plan = msgspec.structs.replace(
            replay.plan_replay(out, read_workspace(out), limit=_CALLS), variants=_VARIANTS
        )
        (folder / "replay").mkdir()
        self.desk = replay.Desk(
            folder=folder / "replay", probe=self.bench.probe, python=self.options.python, timeout_s=300.0
        )
        tree = self.bench.plain_copy("replayed")
        calls = self.desk.folder / "calls.pkl"
        for driver in ((), _DRIVER):
            replay.record(tree, replay.recordable(driver, ()), calls, plan=self.plan, desk=self.desk)
        self.recorded = self.bench.set_aside(tree)
        self.calls = replay.vary(self.recorded, calls, plan=self.plan, desk=self.desk)
        self.outcomes = [self.replayed("first"), self.replayed("second")]

    def run_suite(self, tree: Path, environment: dict[str, str]):
        """Return a run of the suite."""
        return run_suite(tree, probe=self.bench.probe, python=self.options.python, environment=environment)

    def run_driver(self, tree: Path, environment: dict[str, str]):
        """Return a run of the driver."""
        return run_driver(tree, _DRIVER, python=self.options.python, environment=environment)

    def replayed(self, name: str) -> Path:
        """Return the outcomes of a replay in the monolith."""
        with self.bench.replay_side(self.recorded, split=False) as (tree, environment):
            return replay.replay(tree, self.calls, name=name, plan=self.plan, desk=self.desk, environment=environment)


class ServicesSide:
    """The same across one workspace, compared with what the monolith did."""

    def __init__(self, monolith: MonolithSide, out: Path, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.monolith = monolith
        self.bench = Bench(out, monolith.root, folder, monolith.options, lambda _: None)

    def differences(self) -> list[Check]:
        """Return every check that differs or cannot be made, of the first kind of verification that finds any.

        Each kind has services of its own, so that what one leaves in memory does not show in the next.
        """
        for run in (self._tests, self._driver, self._calls):
            with self.bench.services(self.bench.plain_copy("home")) as running:
                checks = run(dict(running.environment))
            wrong = [check for check in checks if check.outcome in ("different", "error")]
            if wrong:
                return wrong
        return []

    def differing_calls(self) -> list[Check]:
        """Return the recorded calls and variants that differ or cannot be made."""
        with self.bench.services(self.bench.plain_copy("home")) as running:
            checks = self._calls(dict(running.environment))
        return [check for check in checks if check.outcome in ("different", "error")]

    def _facaded(self, name: str) -> Path:
        return overlay(self.bench.plain_copy(name), self.bench.out / "harness")

    def _tests(self, environment: dict[str, str]) -> tuple[Check, ...]:
        one = self.monolith
        services = one.run_suite(self._facaded("suite"), environment)
        files = {test.id.partition("::")[0] for test in (*one.suite.tests, *services.tests)}
        moved = describe_moved(one.root, moved_modules(self.bench.out))
        patches = find_patches(one.root, files)
        return compare_suites(one.suite, services, again=one.suite_again, patches=patches, moved=moved)

    def _driver(self, environment: dict[str, str]) -> tuple[Check, ...]:
        one = self.monolith
        services = one.run_driver(self._facaded("driver"), environment)
        return compare_drivers(one.driver, services, again=one.driver_again, tolerance=one.options.tolerance)

    def _calls(self, environment: dict[str, str]) -> tuple[Check, ...]:
        one = self.monolith
        with one.bench.replay_side(one.recorded, split=False) as (tree, _):  # calls name paths: the same place
            overlay(tree, self.bench.out / "harness")
            done = replay.replay(
                tree, one.calls, name="services", plan=one.plan, desk=one.desk, environment=environment
            )
        outcomes = [one.outcomes[0], done, one.outcomes[1]]
        found, _ = replay.compare(
            one.recorded, one.calls, outcomes, plan=one.plan, desk=one.desk, tolerance=one.options.tolerance, places={}
        )
        return found
