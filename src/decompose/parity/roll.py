"""Rolls the model forward and back under load, on one side, with the user's own commands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from decompose.errors import LaunchError
from decompose.ir.reports import Rollout, Side
from decompose.parity.driver import run_driver
from decompose.parity.load import Answer, Request, ask, offer
from decompose.parity.study import POLL_S
from decompose.parity.workload import Roll

_LONGEST_S = 600.0
_LEAST_ASKED = 10
"""Requests that are due, on average, before the load ends, however quickly the model was rolled."""


def roll_under_load(
    side: Side,
    url: str,
    *,
    tree: Path,
    environment: Mapping[str, str],
    python: Path,
    roll: Roll,
    requests: Sequence[Request],
) -> Rollout:
    """Return how many requests failed while the model was rolled forward and back, and when its answers arrived.

    Args:
        side: Which side this is.
        url: Where it answers.
        tree: Its working folder, in which the commands run.
        environment: Variables of the client side of a running workspace.
        python: Interpreter of the user's environment.
        roll: The commands, and the request that tells the models apart.
        requests: What is asked meanwhile.

    Raises:
        LaunchError: If a command fails.
    """

    def run(command: Sequence[str]) -> None:
        done = run_driver(tree, command, python=python, environment=environment)
        if done.exit_code:
            raise LaunchError(f"`{' '.join(command)}` ends with {done.exit_code}:\n{done.stderr[-800:]}")

    old = _answer(url, roll.probe)
    stop = threading.Event()
    enough = time.monotonic() + _LEAST_ASKED / roll.rate_per_s
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(offer, url, requests, rate_per_s=roll.rate_per_s, seconds=_LONGEST_S, until=stop.is_set)
        try:
            run(roll.forward)
            forward_s = _waited(lambda: _answer(url, roll.probe) != old, roll.patience_s)
            run(roll.back)
            back_s = _waited(lambda: _answer(url, roll.probe) == old, roll.patience_s)
            time.sleep(max(0.0, enough - time.monotonic()))
        finally:
            stop.set()
    answers: list[Answer] = asked.result()
    failed = sum(not answer.is_ok for answer in answers)
    is_seen = forward_s is not None
    return Rollout(
        side=side, asked=len(answers), failed=failed, forward_s=forward_s, back_s=back_s if is_seen else None
    )


def _answer(url: str, probe: Request) -> tuple[int, bytes]:
    ((answer, body),) = ask(url, (probe,))
    return answer.status, body


def _waited(is_so: Callable[[], bool], patience_s: float) -> float | None:
    """Return after how many seconds something was so; `None` when patience ran out."""
    begin = time.monotonic()
    while not is_so():
        if time.monotonic() - begin > patience_s:
            return None
        time.sleep(POLL_S)
    return time.monotonic() - begin
