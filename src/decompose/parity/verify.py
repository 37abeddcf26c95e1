"""Runs the monolith beside its services and says whether they answer alike."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from decompose.errors import ConfigError
from decompose.ir.graph import Record
from decompose.ir.reports import Check, Equivalence
from decompose.parity import replay
from decompose.parity.artifacts import compare_drivers
from decompose.parity.driver import DriverRun, run_driver
from decompose.parity.launch import SLOWER, Running, launch, moved_modules, read_workspace
from decompose.parity.outcomes import compare_suites
from decompose.parity.patches import describe_moved, find_patches
from decompose.parity.probe.places import Tolerance
from decompose.parity.sandbox import child_environment, copy_tree, install_probe, overlay
from decompose.parity.suite import SuiteRun, run_suite

Progress = Callable[[str], None]


class VerifyOptions(Record):
    """How a verification is run."""

    python: Path = Path(sys.executable)
    """Interpreter of the user's environment: runs monolith, tests, driver and services."""
    tests: tuple[str, ...] = ()
    """Further arguments of pytest."""
    driver: tuple[str, ...] = ()
    """The user's own command."""
    tolerance: Tolerance = Tolerance()
    ignore: tuple[str, ...] = ()
    """Regular expressions of printed text that does not count."""
    ignore_files: tuple[str, ...] = ()
    """Globs of written files that do not count."""
    record: tuple[str, ...] = ()
    """From which runs calls are recorded: `tests`, `driver` or both; the driver when there is one, else the tests."""
    calls: int = 25
    """Most calls recorded for one operation."""
    seed: int = 0
    """For the choice of variants."""
    repeat: bool = True
    """Whether the monolith runs twice, so that what it does not repeat itself is told apart."""
    timeout_s: float = 1800.0
    """Longest run of the suite or the driver, in seconds."""
    start_timeout_s: float = 120.0
    base_port: int | None = None
    target: str = "local"
    """Where the services run: `local` processes, or Ray Serve deployments (`ray`)."""
    keep: Path | None = None
    """Folder in which the copies are kept; a temporary one when `None`."""


def verify(
    out: Path,
    *,
    root: Path,
    kind: str | Iterable[str] = "",
    driver: Sequence[str] = (),
    python: Path | None = None,
    target: str = "",
    options: VerifyOptions | None = None,
    progress: Progress = lambda _: None,
) -> Equivalence:
    """Return whether the workspace `out` answers as the monolith at `root` does.

    Both are run in copies: the monolith as it is, and again with the facades laid over and the services up.

    Args:
        out: Workspace written by `generate`.
        root: Root of the monolith.
        kind: `tests` (the monolith's own suite), `driver` (the user's command), `replay`, `contracts`, or several
            joined by `+`; by default `driver` when there is one, else `tests`.
        driver: The user's command for kind `driver`; goes before the one in `options`.
        python: Interpreter of the user's environment; goes before the one in `options`.
        target: `local` or `ray`; goes before the one in `options`.
        options: How to run them.
        progress: Called with one line for every step.

    Raises:
        ConfigError: If a kind is unknown or lacks what it needs.
        LaunchError: If the workspace does not start, or suite or driver cannot be run in the monolith itself.
    """
    options = options or VerifyOptions()
    options = msgspec.structs.replace(
        options,
        driver=tuple(driver) or options.driver,
        python=python or options.python,
        target=target or options.target,
    )
    kinds = _kinds(kind or ("driver" if options.driver else "tests"), options)
    workspace = read_workspace(out)
    begin = time.monotonic()
    with working_folder(options.keep) as folder:
        bench = Bench(out, root, folder, options, progress)
        checks: list[Check] = []
        notes: list[str] = [str(options.tolerance)]
        for name in kinds:
            found, more = _RUNNERS[name](bench)
            checks += found
            notes += more
    return Equivalence(
        system=workspace.system,
        kind="+".join(kinds),
        checks=tuple(checks),
        seconds=round(time.monotonic() - begin, 3),
        services_started=tuple(sorted(service.name for service in workspace.services)),
        notes=tuple(notes),
    )


def _kinds(kind: str | Iterable[str], options: VerifyOptions) -> tuple[str, ...]:
    kinds = tuple(kind.replace("+", ",").split(",")) if isinstance(kind, str) else tuple(kind)
    unknown = [name for name in kinds if name not in _RUNNERS]
    if unknown or not kinds:
        raise ConfigError(f"no such kind of verification: {unknown}", hint=f"choose among {', '.join(_RUNNERS)}")
    if "driver" in kinds and not options.driver:
        raise ConfigError("`driver` needs a command to run", hint="for example: --driver 'python -m shop.main'")
    return kinds


@contextmanager
def working_folder(keep: Path | None) -> Iterator[Path]:
    """Give the folder for copies: `keep`, made if need be, else a temporary one that is gone afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="decompose-verify-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class Bench:
    """The place where both sides are run: makes copies, lays facades over, starts services."""

    def __init__(self, out: Path, root: Path, folder: Path, options: VerifyOptions, progress: Progress) -> None:
        self.out, self.root, self.folder = out.resolve(), root.resolve(), folder.resolve()
        self.options, self.progress = options, progress
        self.probe = install_probe(self.folder / "probe")

    def plain_copy(self, name: str) -> Path:
        """Return a fresh copy of the monolith."""
        self.progress(f"copying the monolith ({name})")
        target = self.folder / name / self.root.name
        shutil.rmtree(target, ignore_errors=True)
        return copy_tree(self.root, target, without=[self.out, self.folder])

    @contextmanager
    def split_copy(self, name: str) -> Iterator[tuple[Path, Running]]:
        """Give a fresh copy with facades laid over, and the running services that they call."""
        tree = overlay(self.plain_copy(name), self.out / "harness")
        with self.services(tree) as running:
            yield tree, running

    def set_aside(self, tree: Path) -> Path:
        """Move a tree out of the way, so that copies of it can stand in its place, and return where it is now."""
        target = self.folder / "recorded" / self.root.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        return tree.rename(target)

    @contextmanager
    def replay_side(self, recorded: Path, *, split: bool) -> Iterator[tuple[Path, dict[str, str]]]:
        """Give a copy of the tree as the recording left it; both sides at the same path, so that no message differs."""
        tree = self.folder / "replayed" / self.root.name
        shutil.rmtree(tree, ignore_errors=True)
        copy_tree(recorded, tree)
        if not split:
            yield tree, {}
            return
        overlay(tree, self.out / "harness")
        with self.services(tree) as running:
            yield tree, dict(running.environment)

    @contextmanager
    def services(self, tree: Path) -> Iterator[Running]:
        """Start the services with `tree` as their working directory."""
        self.progress("starting the services")
        options = self.options
        environment = child_environment({})
        with launch(
            self.out,
            workdir=tree,
            timeout_s=options.start_timeout_s * SLOWER.get(options.target, 1.0),
            base_port=options.base_port,
            python=options.python,
            environment=environment,
            target=options.target,
        ) as running:
            self.progress(f"{len(running.services)} services ready after {running.seconds:.1f} s")
            yield running


def _verify_tests(bench: Bench) -> tuple[tuple[Check, ...], list[str]]:
    options = bench.options

    def run(tree: Path, environment: dict[str, str]) -> SuiteRun:
        return run_suite(
            tree,
            probe=bench.probe,
            arguments=options.tests,
            python=options.python,
            environment=environment,
            timeout_s=options.timeout_s,
        )

    bench.progress("running the suite in the monolith")
    monolith = run(bench.plain_copy("monolith"), {})
    again = None
    if options.repeat:
        bench.progress("running the suite in the monolith once more")
        again = run(bench.plain_copy("monolith-again"), {})
    with bench.split_copy("services") as (tree, running):
        bench.progress("running the suite across the services")
        services = run(tree, dict(running.environment))
        lost = [name for name in running.services if not running.is_alive(name)]
    moved = describe_moved(bench.root, moved_modules(bench.out))
    files = {test.id.partition("::")[0] for test in (*monolith.tests, *services.tests)}
    patches = find_patches(bench.root, files)
    checks = compare_suites(monolith, services, again=again, patches=patches, moved=moved)
    return (*checks, *_deaths(lost)), _unfinished(monolith, services)


def _deaths(lost: Iterable[str]) -> Iterator[Check]:
    for name in lost:
        yield Check(name=f"service {name}", outcome="error", difference="its process died meanwhile", kind="exit")


def _unfinished(monolith: SuiteRun, services: SuiteRun) -> list[str]:
    sides = (("the monolith", monolith), ("the services", services))
    return [f"the suite did not come to its end on the side of {side}" for side, run in sides if not run.is_finished]


def _verify_driver(bench: Bench) -> tuple[tuple[Check, ...], list[str]]:
    options = bench.options

    def run(tree: Path, environment: dict[str, str]) -> DriverRun:
        return run_driver(
            tree, options.driver, python=options.python, environment=environment, timeout_s=options.timeout_s
        )

    bench.progress("running the driver in the monolith")
    monolith = run(bench.plain_copy("monolith"), {})
    again = None
    if options.repeat:
        bench.progress("running the driver in the monolith once more")
        again = run(bench.plain_copy("monolith-again"), {})
    with bench.split_copy("services") as (tree, running):
        bench.progress("running the driver across the services")
        services = run(tree, dict(running.environment))
        lost = [name for name in running.services if not running.is_alive(name)]
    checks = compare_drivers(
        monolith,
        services,
        again=again,
        tolerance=options.tolerance,
        ignore=options.ignore,
        ignore_files=options.ignore_files,
    )
    notes = [f"the driver ends with {monolith.exit_code} in the monolith itself"] if monolith.exit_code else []
    return (*checks, *_deaths(lost)), notes


def _verify_replay(bench: Bench) -> tuple[tuple[Check, ...], list[str]]:
    return _replayed(bench, is_varied=False)


def _verify_contracts(bench: Bench) -> tuple[tuple[Check, ...], list[str]]:
    checks, notes = _replayed(bench, is_varied=True)
    return tuple(check for check in checks if check.kind == "property"), notes


def _replayed(bench: Bench, *, is_varied: bool) -> tuple[tuple[Check, ...], list[str]]:
    """Record calls in the monolith, make them (or variants of them) again on both sides, compare."""
    options = bench.options
    workspace = read_workspace(bench.out)
    plan = replay.plan_replay(bench.out, workspace, limit=options.calls, seed=options.seed)
    if not plan.operations:
        return (), ["no operation of the workspace lies in a moved module, so no call can be replayed"]
    folder = bench.folder / "replay"
    folder.mkdir(mode=0o700, exist_ok=True)
    desk = replay.Desk(folder=folder, probe=bench.probe, python=options.python, timeout_s=options.timeout_s)
    recorded = bench.plain_copy("replayed")  # calls name paths, so they are recorded where they are made again
    bench.progress("recording the calls that cross the boundaries")
    calls = folder / "calls.pkl"
    calls.unlink(missing_ok=True)
    for what in options.record or (("driver",) if options.driver else ("tests",)):
        command = replay.recordable(options.driver if what == "driver" else (), options.tests)
        replay.record(recorded, command, calls, plan=plan, desk=desk)
    recorded = bench.set_aside(recorded)
    if is_varied:
        calls = replay.vary(recorded, calls, plan=plan, desk=desk)
    outcomes: list[Path] = []
    names = ("monolith", "services", "again") if options.repeat else ("monolith", "services")
    for name in names:
        bench.progress(f"replaying the calls ({name})")
        with bench.replay_side(recorded, split=name == "services") as (tree, environment):
            done = replay.replay(tree, calls, name=name, plan=plan, desk=desk, environment=environment)
            outcomes.append(done)
    places = replay.operation_places(bench.root, plan)
    return replay.compare(recorded, calls, outcomes, plan=plan, desk=desk, tolerance=options.tolerance, places=places)


_RUNNERS: dict[str, Callable[[Bench], tuple[tuple[Check, ...], list[str]]]] = {
    "tests": _verify_tests,
    "driver": _verify_driver,
    "replay": _verify_replay,
    "contracts": _verify_contracts,
}
