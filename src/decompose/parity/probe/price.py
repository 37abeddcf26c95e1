"""What a request and a call between services cost in processor time: `python -m decompose_probe.price …`.

`echo PORT` serves one operation on the workspace's own runtime, `front FRAMEWORK PORT` an empty page on the user's web
framework; `call URL` calls the operation and prints the price as JSON. Processor time hardly minds who else is at work
on the machine; elapsed time would. Nothing of the user's code is run.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

NAME = "price"
SIZES = (100, 100_000, 1_000_000)
"""Bytes of the argument."""
CALLS = 60
PAUSES_S = (0.004, 0.03)
"""Between calls of a service that is not busy: the longer the pause, the colder the caches."""
WORK_S = 0.001
"""Processor time of the work on each side of a call while several are under way."""
CALLERS = 8


def spent(value: Any = None) -> float:
    """Return the processor time of this process so far, in seconds."""
    return time.process_time()


def work(value: Any = None) -> float:
    """Work for a while, and return the processor time of this process so far, in seconds."""
    begin, total = time.thread_time(), 0
    while time.thread_time() - begin < WORK_S:
        for i in range(500):
            total += i * i % 7
    return time.process_time()


def serve_echo(port: str) -> None:
    """Serve `spent` and `work` as every generated service serves its operations."""
    from service_runtime.operations import Operation  # noqa: PLC0415
    from service_runtime.serve import serve  # noqa: PLC0415
    from service_runtime.service import Service  # noqa: PLC0415

    operations = tuple(
        Operation(name=name, symbol=f"price_echo:{name}", parameters=("value",)) for name in ("spent", "work")
    )
    sys.argv = [NAME, "--port", port]
    serve(Service(name=NAME, source=Path(__file__).parent, modules={"price_echo": "price.py"}, operations=operations))


def serve_front(framework: str, port: str) -> None:
    """Serve an empty page that tells the processor time spent so far."""
    if framework == "flask":
        import flask  # noqa: PLC0415
        from werkzeug.serving import WSGIRequestHandler  # noqa: PLC0415

        flask_app: Any = flask.Flask(NAME)
        flask_app.route("/")(lambda: str(spent()))
        WSGIRequestHandler.protocol_version = "HTTP/1.1"
        flask_app.run(port=int(port), threaded=True)
        return
    import fastapi  # noqa: PLC0415
    import uvicorn  # noqa: PLC0415

    app: Any = fastapi.FastAPI()
    app.get("/")(spent)
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)


def call(url: str) -> dict[str, Any]:
    """Return rows of (bytes, caller's ms, callee's ms, elapsed ms), a row a batch of calls.

    `rows` come from calls without a pause, `cold` from calls of the smallest size after pauses, a list for each of
    `PAUSES_S`; `cores` is how many processors' worth of work two processes get done that call each other.
    """
    os.environ[f"SERVICE_URL_{NAME.upper()}"] = url
    from service_runtime.client import client_of  # noqa: PLC0415

    client = client_of(NAME)
    rows = [batch(client, size, 0.0) for size in SIZES * 3]
    cold = [[batch(client, SIZES[0], pause) for _ in range(3)] for pause in PAUSES_S]
    return {"rows": rows, "cold": cold, "cores": max(together(client) for _ in range(3))}


def batch(client: Any, size: int, pause_s: float) -> list[float]:
    """Return (bytes, caller's ms, callee's ms, elapsed ms) of one call, from some calls with pauses between them."""
    value, count = b"x" * size, (CALLS if pause_s <= PAUSES_S[0] else CALLS // 3) if size < 500_000 else 8
    begin, elapsed = client.call("spent", {"value": value}), []
    own = time.process_time()
    for _ in range(count):
        time.sleep(pause_s)
        start = time.perf_counter()
        end = client.call("spent", {"value": value})
        elapsed.append(time.perf_counter() - start)
    own = time.process_time() - own
    return [size, own * 1000 / count, (end - begin) * 1000 / count, 1000 * statistics.median(elapsed)]


def together(client: Any, seconds: float = 0.6) -> float:
    """Return the processor time per elapsed time of this process and the service, several calls being under way."""
    told: list[float] = []

    def ask(end: float) -> None:
        while time.perf_counter() < end:
            work()
            told.append(client.call("work", {"value": 0}))

    client.call("work", {"value": 0})
    begin, own, other = time.perf_counter(), time.process_time(), client.call("spent", {"value": 0})
    threads = [threading.Thread(target=ask, args=(begin + seconds,)) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return float((time.process_time() - own + max(told) - other) / (time.perf_counter() - begin))


def burn(seconds: float) -> dict[str, float]:
    """Return rounds per second of processor time of a loop that runs for some time, and its share of a processor."""
    begin, own, rounds, total = time.perf_counter(), time.process_time(), 0, 0
    while time.perf_counter() - begin < seconds:
        for i in range(2000):
            total += i * i % 7
        rounds += 1
    spent_s = time.process_time() - own
    return {"speed": rounds / spent_s, "share": spent_s / (time.perf_counter() - begin)}


def main(arguments: list[str]) -> None:
    """Do what the first argument says."""
    if arguments[0] == "echo":
        serve_echo(arguments[1])
    elif arguments[0] == "front":
        serve_front(arguments[1], arguments[2])
    elif arguments[0] == "burn":
        print(json.dumps(burn(float(arguments[1]))))
    else:
        print(json.dumps(call(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
