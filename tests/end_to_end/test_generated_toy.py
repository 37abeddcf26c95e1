"""A small monolith, generated, started as processes, and called through its facades."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit, write

SOURCES = {
    "shop/__init__.py": '"""A shop."""\n',
    "shop/entities.py": '''
"""What is handed around."""

from dataclasses import dataclass, field


class StockError(ValueError):
    def __init__(self, name, missing):
        super().__init__(f"{missing} of {name} missing")
        self.name = name
        self.missing = missing


@dataclass
class Order:
    name: str
    amount: int = 1
    tags: list = field(default_factory=list)
''',
    "shop/stock.py": '''
"""Stock keeping."""

import functools
import sqlite3

import numpy as np
import pandas as pd

from shop.entities import Order, StockError

LIMIT = 10
SHELF = {}
KINDS = sorted({"b", "a"}) + [str(np.int64(3))]


def load(rows=3):
    """Return a table."""
    # a comment that stays
    return pd.DataFrame({"name": list("abc")[:rows], "amount": np.arange(rows)})


def restock(frame, orders, by_name):
    """Change every argument in place."""
    frame["amount"] += 5
    orders.append(Order("new", 2))
    orders[0].amount = 99
    by_name["seen"] = orders
    print("restocked", len(orders))
    return orders


def take(order: Order, limit: int = LIMIT) -> int:
    """Take from stock."""
    if order.amount > limit:
        raise StockError(order.name, order.amount - limit)
    return limit - order.amount


def names(frame):
    """Yield names."""
    for name in frame["name"]:
        yield name
    return "end"


def apply(function, *values, **options):
    return [function(value, **options) for value in values]


async def later(value):
    return value * 2


COUNTED = []


@functools.lru_cache(maxsize=2)
def counted(value):
    COUNTED.append(value)
    return len(COUNTED)


class Book:
    """A book of entries, in memory."""

    unit = "EUR"

    def __init__(self, name, start=0):
        self.name = name
        self.entries = [start]
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("create table entry (value integer)")

    def add(self, value, *more):
        self.entries += [value, *more]
        self.connection.execute("insert into entry values (?)", (value,))
        return self

    def stored(self):
        return self.connection.execute("select sum(value) from entry").fetchone()[0]

    @property
    def total(self):
        return sum(self.entries)

    @classmethod
    def opened(cls, name):
        return cls(name, start=100)

    @staticmethod
    def double(value):
        return 2 * value

    def __len__(self):
        return len(self.entries)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.name = "closed"


def biggest(books):
    """Books of this service come back as themselves."""
    assert all(type(book).__module__ == "shop.stock" for book in books)
    return max(books, key=lambda book: book.total)


def put(name, value):
    SHELF[name] = value


def run():
    return 1
''',
    "shop/report.py": '''
"""Reports."""

from shop.entities import Order
from shop.stock import Book, KINDS, LIMIT, load, names, restock, take


def summary(rows=2):
    """Return what another service knows."""
    frame = load(rows)
    left = take(Order("x", 4))
    with Book("inner", start=1) as book:
        book.add(2).add(3, 4)
        total = book.total
    return {"names": list(names(frame)), "left": left, "total": total, "limit": LIMIT, "kinds": KINDS, "book": book}


def whole_total(book):
    """A third service asks the owner."""
    return book.total + len(book)
''',
}

CLIENT = """
import asyncio, json
import numpy as np, pandas as pd
from shop import stock
from shop.entities import Order, StockError
from shop.stock import Book, LIMIT, apply, biggest, counted, later, load, names, put, restock, take
from shop.report import summary, whole_total

frame = load()
orders, by_name = [Order("a"), Order("b")], {}
first, alias = orders[0], frame
got = restock(frame, orders, by_name)
assert got is orders and by_name["seen"] is orders and orders[0] is first and first.amount == 99
assert [o.name for o in orders] == ["a", "b", "new"], orders
assert list(alias["amount"]) == [5, 6, 7], alias
assert take(Order("x", 4)) == 6
assert take(Order("x", 4), limit=5) == 1
try:
    take(Order("y", 12))
except StockError as error:
    assert (error.name, error.missing, str(error)) == ("y", 2, "2 of y missing")
else:
    raise AssertionError
stream = names(frame)
assert next(stream) == "a"
stream.close()
assert list(names(frame)) == ["a", "b", "c"]
stream, drawn = names(frame), []
try:
    while True:
        drawn.append(next(stream))
except StopIteration as end:
    assert (drawn, end.value) == (["a", "b", "c"], "end")
assert apply(lambda v, by: v + by, 1, 2, by=10) == [11, 12]
assert apply(np.sqrt, 4.0) == [2.0]
assert asyncio.run(later(4)) == 8
assert (counted(1), counted(1)) == (1, 1)
counted.cache_clear()
assert counted(1) == 2
book = Book("one")
assert book.add(5, 6).add(7) is book
assert (book.total, len(book), book.name, book.stored()) == (18, 4, "one", 12)
book.name = "two"
assert book.name == "two" and book.unit == Book.unit == "EUR"
assert Book.opened("x").total == 100 and Book.double(4) == book.double(4) == 8
with Book("ctx") as inside:
    inside.add(1)
assert inside.name == "closed"
assert isinstance(book, Book)
assert biggest([Book("small"), book]) is book
assert whole_total(book) == 22
result = summary()
assert result.pop("book").name == "closed"
assert result == {"names": ["a", "b"], "left": 6, "total": 10, "limit": 10, "kinds": ["a", "b", "3"]}, result
put("k", [1])
assert stock.SHELF["k"] == [1]
stock.SHELF["k2"] = 2
assert len(stock.SHELF) == 2
try:
    take("no order")
except AttributeError as error:
    assert "amount" in str(error) and "service `stock`" in error.__notes__[0]
try:
    load(rows=1, wrong=2)
except TypeError:
    pass
print("equal")
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    sources = {path: textwrap.dedent(text).lstrip("\n") for path, text in SOURCES.items()}
    work = folder / "work"
    for path, text in sources.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    graph = graph_of(sources, mutated=("shop.stock:SHELF",))
    blueprint = blueprint_of(
        graph, {"stock": ("shop.stock",), "report": ("shop.report",)}, shared=("shop.entities", "shop")
    )
    out = folder / "out"
    write(emit(blueprint, graph, {path: text.encode() for path, text in sources.items()}), out)
    for path in sorted((out / "harness").rglob("*.py")):
        (work / path.relative_to(out / "harness")).write_bytes(path.read_bytes())
    return out, work


@pytest.fixture(scope="module")
def running(system):
    out, work = system
    ready = work / "ready.json"
    command = [sys.executable, str(out / "run.py"), "up", "--workdir", str(work), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    if not ready.exists():
        process.terminate()
        pytest.fail(process.communicate()[1])
    yield json.loads(ready.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0, process.stderr.read()


def test_calls_through_facades_give_what_the_monolith_gives(system, running, tmp_path):
    _out, work = system
    script = work / "driver.py"
    script.write_text(CLIENT)

    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=work,
        env={**os.environ, **running["environment"]},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "restocked 3\nequal\n"


@pytest.mark.parametrize("service", ["stock", "report"])
def test_contract_tests_pass(system, service):
    out, work = system
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(out / "services" / service / "tests"),
    ]

    done = subprocess.run([*command, "--rootdir", str(out)], cwd=work, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout[-3000:]


def test_the_report_service_does_not_carry_pandas(system):
    out, _ = system

    carried = "\n".join(p.read_text() for p in (out / "services" / "report").rglob("*.py") if "tests" not in p.parts)

    assert "pandas" not in carried
    assert "pandas" not in (out / "services" / "report" / "pyproject.toml").read_text()


def test_a_second_write_changes_nothing(system):
    out, _work = system
    sources = {p: textwrap.dedent(t).lstrip("\n") for p, t in SOURCES.items()}
    graph = graph_of(sources, mutated=("shop.stock:SHELF",))
    blueprint = blueprint_of(
        graph, {"stock": ("shop.stock",), "report": ("shop.report",)}, shared=("shop.entities", "shop")
    )

    report = write(emit(blueprint, graph, {p: t.encode() for p, t in sources.items()}), Path(out))

    assert report.written == ()
    assert report.removed == ()
