"""What happens between services when one is slow, frozen, overrun, or the line between them is bad."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from proxy import Proxy
from shop import Shop, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]
SLACK_S = 1.0
"""How much later than its deadline an answer may come on a machine with more work than cores; 0.1 s on a quiet one."""


CALLS_THAT_EARN_RETRIES = 40
"""Calls after which a caller that has spent its retries may ask again a few times; each earns a tenth."""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Proxy]]:
    """Return a shop whose `orders` reaches `ledger` over a proxy, and the proxy."""
    with Shop(tmp_path_factory.mktemp("line")) as shop, Proxy(shop.ports["ledger"]) as proxy:
        shop.start("ledger")
        shop.addresses["ledger"] = proxy.url
        shop.start("orders")
        yield shop, proxy


@pytest.fixture(autouse=True)
def healed(line: tuple[Shop, Proxy]) -> Iterator[None]:
    """Take all faults away after each test; calls must be answered within seconds, and retries be had again."""
    yield
    shop, proxy = line
    proxy.set()
    assert until(lambda: shop.ask("orders", "fetch", size=3) == (200, {"result": 3}), 15)
    for _ in range(CALLS_THAT_EARN_RETRIES):
        assert shop.ask("orders", "fetch", size=3)[0] == 200


def until(holds: Any, seconds: float) -> bool:
    """Return whether something holds before the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if holds():
                return True
        time.sleep(0.05)
    return False


def deadline(seconds: float) -> dict[str, str]:
    return {"X-Deadline": f"{time.time() + seconds:.3f}"}


def timed(shop: Shop, operation: str, within_s: float, **arguments: Any) -> tuple[int, Any, float]:
    begin = time.monotonic()
    status, answer = shop.ask("orders", operation, headers=deadline(within_s), **arguments)
    return status, answer, time.monotonic() - begin


def effects(shop: Shop) -> Counter[str]:
    """Return how often each key stands in the ledger."""
    with contextlib.closing(sqlite3.connect(shop.work / "ledger.db")) as base:
        if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchall():
            return Counter()  # the first order makes the table
        return Counter(key for (key,) in base.execute("SELECT key FROM entries"))


@pytest.mark.parametrize(
    "faults",
    [{"swallows": True}, {"delay_s": 30}, {"delay_s": 0.5, "slice_bytes": 20}],
    ids=["half-open", "late", "drip"],
)
def test_a_caller_answers_by_its_deadline_whatever_the_line_does(faults: Any, line: tuple[Shop, Proxy]) -> None:
    shop, proxy = line
    proxy.set(**faults)

    status, answer, took = timed(shop, "fetch", 2.0, size=5_000)

    assert status in (500, 504), answer
    assert took < 2.0 + SLACK_S


def test_a_line_that_is_down_is_told_at_once(line: tuple[Shop, Proxy]) -> None:
    shop, proxy = line
    proxy.set(is_down=True)

    status, answer, took = timed(shop, "fetch", 20.0, size=3)

    assert status == 500 and "RemoteCallError" in str(answer)
    assert took < 5


def test_late_answers_in_pieces_are_whole(line: tuple[Shop, Proxy]) -> None:
    shop, proxy = line
    proxy.set(delay_s=0.01, slice_bytes=7)

    assert shop.ask("orders", "fetch", size=1_000) == (200, {"result": 1_000})


@pytest.mark.parametrize("after", [0, 1, 40, 150])
def test_an_answer_that_breaks_off_is_asked_for_again_and_acts_once(after: int, line: tuple[Shop, Proxy]) -> None:
    shop, proxy = line
    assert shop.ask("orders", "order", key=f"before {after}", amount=1)[0] == 200
    proxy.set(reset_after=after, resets=1)

    status, answer = shop.ask("orders", "order", key=f"reset {after}", amount=1)

    assert effects(shop)[f"reset {after}"] == 1
    assert status == 200 or "RemoteCallError" in str(answer)
    assert status == 200 or after > 0, "an answer that was lost as a whole is asked for again"


def test_what_is_delivered_twice_acts_once(line: tuple[Shop, Proxy]) -> None:
    shop, proxy = line
    before = proxy.connections
    proxy.set(is_down=True)  # so that the next call comes over a line of its own
    proxy.set(twice=True)

    for number in range(20):
        assert shop.ask("orders", "order", key=f"twice {number}", amount=1)[0] == 200
    time.sleep(0.5)

    assert proxy.connections > before
    assert {effects(shop)[f"twice {number}"] for number in range(20)} == {1}


def test_a_callee_that_is_down_is_not_asked_over_and_over(line: tuple[Shop, Proxy]) -> None:
    """Retries are few: a service in trouble must not get several times the load."""
    shop, proxy = line
    proxy.set(reset_after=0)
    before = proxy.requests

    for number in range(60):
        shop.ask("orders", "order", key=f"amplified {number}", amount=1)

    assert proxy.requests - before <= 60 * 1.1 + 10
    assert max(effects(shop)[f"amplified {number}"] for number in range(60)) == 1


def test_a_frozen_callee_costs_its_callers_their_deadline_and_others_nothing(line: tuple[Shop, Proxy]) -> None:
    shop, _ = line
    ledger = shop.running["ledger"].pid
    with frozen(ledger), concurrent.futures.ThreadPoolExecutor(24) as pool:
        stuck = [pool.submit(timed, shop, "wait", 3.0, seconds=0.0) for _ in range(16)]
        time.sleep(0.3)
        others = [pool.submit(timed, shop, "quick", 3.0, x=1) for _ in range(40)]
        assert {(status, answer["result"]) for status, answer, _ in (f.result() for f in others)} == {(200, 2)}
        assert all(status in (500, 504) for status, _, _ in (f.result() for f in stuck))
        assert max(took for _, _, took in (f.result() for f in stuck)) < 3.0 + SLACK_S
    begin = time.monotonic()

    assert until(lambda: shop.ask("orders", "wait", seconds=0.0)[0] == 200, 5), "back within 5 s"
    assert time.monotonic() - begin < 5


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_work_whose_deadline_passed_is_not_begun(line: tuple[Shop, Proxy]) -> None:
    shop, _ = line

    status, _ = shop.ask("orders", "order", headers=deadline(-1), key="too late", amount=1)

    assert status == 504
    assert effects(shop)["too late"] == 0


def test_a_service_that_is_overrun_sheds_and_recovers(line: tuple[Shop, Proxy]) -> None:
    shop, _ = line
    shop.forget_peak("orders")
    before = shop.resident_mb("orders")

    def one(number: int) -> int:
        with contextlib.suppress(OSError):
            return shop.post("orders", "/operations/wait", b'{"arguments": {"seconds": 0.5}}', deadline(20), 30)[0]
        return 0

    with concurrent.futures.ThreadPoolExecutor(300) as pool:
        seen = Counter(pool.map(one, range(300)))
    status, _, sent = shop.post("orders", "/operations/quick", b'{"arguments": {"x": 1}}')

    assert seen[200] >= 64, seen
    assert seen[503] > 0 and set(seen) <= {200, 503}, seen
    assert status == 200 and "retry-after" not in sent
    assert shop.resident_mb("orders") - before < 64


def test_whoever_is_shed_is_told_when_to_come_back(line: tuple[Shop, Proxy]) -> None:
    shop, _ = line
    found: list[dict[str, str]] = []

    def one(number: int) -> None:
        with contextlib.suppress(OSError):
            status, _, sent = shop.post("orders", "/operations/wait", b'{"arguments": {"seconds": 0.5}}', {}, 30)
            found.extend([sent] if status == 503 else [])

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        list(pool.map(one, range(200)))

    assert found and all(sent.get("retry-after") for sent in found)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can only be mounted by root")
def test_a_full_disk_fails_the_calls_that_write_and_nothing_else(line: tuple[Shop, Proxy]) -> None:
    shop, _ = line
    small = shop.work / "small"
    small.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        status, answer = shop.ask("orders", "keep", path="small/all", size=1_000_000)
        assert status == 500 and "No space left" in str(answer)
        assert shop.ask("orders", "quick", x=1) == (200, {"result": 2})
        (small / "all").unlink()
        assert shop.ask("orders", "keep", path="small/all", size=1_000)[0] == 200
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_services_are_rolled_under_load_and_no_call_fails(tmp_path: Path) -> None:
    """A new process is ready, the line leads there, the old one is told to end: as a deployment does."""
    with Shop(tmp_path) as shop, Proxy(shop.ports["ledger"]) as ledgers, Proxy(shop.ports["orders"]) as orders:
        shop.start("ledger", SERVICE_DRAIN_S="5")
        shop.addresses["ledger"] = ledgers.url
        shop.start("orders", SERVICE_DRAIN_S="5")
        first, shop.ports["orders"] = shop.ports["orders"], orders.port
        current = {"ledger": shop.running["ledger"], "orders": shop.running["orders"]}
        over, seen, keys = threading.Event(), Counter[Any](), iter(range(1_000_000))

        def load() -> None:
            while not over.is_set():
                key = f"roll {next(keys)}"
                try:
                    status, answer = shop.ask("orders", "order", key=key, amount=1)
                    seen[status if status == 200 else str(answer)] += 1
                except OSError as error:
                    seen[repr(error)] += 1

        clients = [threading.Thread(target=load) for _ in range(4)]
        for client in clients:
            client.start()
        for turn in range(2):
            for name, proxy in (("ledger", ledgers), ("orders", orders)):
                new = shop.start(name, port=free_port(), SERVICE_DRAIN_S="5")
                proxy.target = new_port(new)
                current[name].terminate()
                assert current[name].wait(40) in (0, -signal.SIGTERM), f"{name} in turn {turn}"
                current[name] = new
        over.set()
        for client in clients:
            client.join()

        assert first and set(seen) == {200}, seen
        assert seen[200] > 50
        assert set(effects(shop).values()) == {1}


def new_port(process: subprocess.Popen[bytes]) -> int:
    words = process.args
    assert isinstance(words, list)
    return int(words[words.index("--port") + 1])
