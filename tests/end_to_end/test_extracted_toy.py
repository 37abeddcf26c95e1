"""One service taken out of a small monolith that goes on running: its own code, the service, or both."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from tests.end_to_end.test_generated_toy import CLIENT, SOURCES
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.extraction import Extraction
from decompose.scaffold import emit, write

pytestmark = pytest.mark.xdist_group("services")
DRIVER = CLIENT.replace(' and "service `stock`" in error.__notes__[0]', "")


@pytest.fixture(scope="module")
def monolith(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extracted")
    sources = {path: textwrap.dedent(text).lstrip("\n") for path, text in SOURCES.items()}
    work, out = folder / "work", folder / "out"
    for path, text in sources.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    graph = graph_of(sources, mutated=("shop.stock:SHELF",))
    blueprint = blueprint_of(graph, {"stock": ("shop.stock",)}, shared=("shop.entities", "shop"))
    extraction = Extraction(services=("stock",), unrepeatable={"shop.stock:put": "it says so"})
    content = {path: text.encode() for path, text in sources.items()}
    write(emit(blueprint, graph, content, extraction=extraction), out)
    subprocess.run(["git", "apply", str(out / "monolith.patch")], cwd=work, check=True)
    (work / "driver.py").write_text(DRIVER)
    return work, out


def started(work, out):
    """Start the service and return its process and the variables that the monolith needs."""
    ready = work / f"ready{time.monotonic_ns()}.json"
    command = [sys.executable, str(out / "run.py"), "up", "--workdir", str(work), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    if not ready.exists():
        process.terminate()
        pytest.fail(process.communicate()[1])
    return process, json.loads(ready.read_text())["environment"]


def stopped(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.fixture
def service(monolith):
    """A service just started: its code counts calls, as the monolith's does from nothing in every run."""
    process, environment = started(*monolith)
    yield environment
    stopped(process)


def ran(work, environment, mode, code=None):
    """Run the driver, or some code, in the monolith; return its output and what the shadow reported."""
    report = work / f"{mode}.jsonl"
    report.unlink(missing_ok=True)
    variables = {**os.environ, **environment, "EXTRACT_STOCK": mode, "EXTRACT_REPORT": str(report)}
    words = ["-c", code] if code else ["driver.py"]
    done = subprocess.run([sys.executable, *words], cwd=work, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    return done.stdout, entries


@pytest.mark.parametrize("mode", ["local", "shadow", "remote"])
def test_the_monolith_answers_alike_whoever_answers(monolith, service, mode):
    output, _ = ran(monolith[0], service, mode)

    assert output == "restocked 3\nequal\n"


def test_a_shadow_compares_functions_objects_and_changed_arguments_and_finds_no_difference(monolith, service):
    _, entries = ran(monolith[0], service, "shadow")
    summary = entries[-1]

    assert summary["differences"] == {}
    assert {"stock:restock", "stock:Book", "stock:Book.add", "stock:later", "stock:take"} <= summary["compared"].keys()
    assert summary["not_compared"] == [
        {"operation": "stock:put", "reason": "it says so", "calls": 1},
        *yielding(summary),
    ]


def yielding(summary):
    return [entry for entry in summary["not_compared"] if entry["reason"] == "it yields"]


@pytest.mark.parametrize(
    ("good", "bad", "operation", "field"),
    [
        ("return limit - order.amount", "return limit - order.amount + 1", "stock:take", "result"),
        ("np.arange(rows)}", "np.arange(rows) + (np.arange(rows) == 1)}", "stock:load", "result['amount'] row 1"),
        ("orders[0].amount = 99", "orders[0].amount = 98", "stock:restock", "result[0].amount"),
        ("return 2 * value", "return 3 * value", "", ""),
        ("self.entries += [value, *more]", "self.entries += [*more]", "stock:Book.__len__", "result"),
        ("raise StockError(order.name, order.amount - limit)", "return 0", "stock:take", "raised"),
    ],
    ids=["result", "column", "argument", "not asked", "state", "exception"],
)  # fmt: skip
def test_a_seeded_bug_is_named_by_operation_and_field(monolith, good, bad, operation, field):
    work, out = monolith
    file = out / "services/stock/src/shop/stock.py"
    text = file.read_text()
    assert good in text
    file.write_text(text.replace(good, bad))
    process, environment = started(work, out)
    try:
        output, entries = ran(work, environment, "shadow")
    finally:
        stopped(process)
        file.write_text(text)

    assert output == "restocked 3\nequal\n"
    first = next((e for e in entries if e["event"] == "difference"), {"operation": "", "field": ""})
    assert (first["operation"], first["field"]) == (operation, field)


def test_without_the_service_a_shadow_answers_as_ever_and_counts(monolith):
    work, out = monolith
    process, environment = started(work, out)
    stopped(process)

    code = "from shop.stock import take; from shop.entities import Order; print(take(Order('x', 4)))"
    output, entries = ran(work, environment, "shadow", code)

    assert output == "6\n"
    assert entries[-1]["not_compared"][0]["reason"] == "the service could not be asked: RemoteCallError"


def test_an_unknown_mode_is_refused(monolith, service):
    variables = {**os.environ, **service, "EXTRACT_STOCK": "both"}

    words = [sys.executable, "-c", "import shop.stock"]
    done = subprocess.run(words, cwd=monolith[0], env=variables, capture_output=True, text=True)

    assert done.returncode == 1
    assert "EXTRACT_STOCK=both: say local, remote, shadow" in done.stderr
