"""The monolith and its services, asked the same questions: any difference in an answer, an exception or an argument (R19)?

    python benchmarks/trust/edges.py [--inputs 1000] [--seed 1]

A monolith of one function for each kind of value is split so that every function is an edge between services. Each edge gets
so many inputs made by chance, special values among them, on both sides, in processes of their own; answers, exceptions (class, text, attributes) and
the arguments as they are afterwards are compared, floats bit for bit (any NaN for any NaN).
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "unit" / "scaffold"))

from monoliths import blueprint_of, graph_of

from decompose.parity import launch
from decompose.parity.probe.compare import first_difference
from decompose.parity.probe.places import Tolerance
from decompose.scaffold import emit, write

SOURCES = {
    "kinds/__init__.py": '"""Kinds of values."""\n',
    "kinds/records.py": '''
        """What is handed around."""

        from dataclasses import dataclass, field


        class Refused(ValueError):
            def __init__(self, what, count):
                super().__init__(f"{what}: {count}")
                self.what = what
                self.count = count


        @dataclass
        class Reading:
            name: str
            value: float
            tags: list = field(default_factory=list)
    ''',
    "kinds/work.py": '''
        """One function for each kind of value: moved."""

        import datetime

        import numpy as np
        import pandas as pd

        from kinds.records import Reading, Refused


        def whole(number: int) -> int:
            return number * number - 7


        def real(number: float) -> float:
            return number * 1.1 + 0.3


        def divide(a: float, b: float) -> float:
            return a / b


        def text(words: str) -> tuple:
            return words.upper(), len(words), words.encode("utf-8", "surrogatepass")


        def blob(data: bytes) -> bytes:
            return data[::-1]


        def pick(values: list, at: int):
            return values[at]


        def tally(words: list) -> dict:
            found = {}
            for word in words:
                found[word] = found.get(word, 0) + 1
            return found


        def extend(values: list, more: tuple) -> int:
            values.extend(more)
            return len(values)


        def distinct(values: list) -> set:
            return set(values)


        def shift(moment: datetime.datetime, days: int) -> datetime.datetime:
            return moment + datetime.timedelta(days=days)


        def array(values: np.ndarray, by: float) -> np.ndarray:
            return values * values.dtype.type(by)


        def total(values: np.ndarray):
            return values.sum()


        def frame(table: pd.DataFrame) -> pd.DataFrame:
            table["twice"] = table["amount"] * 2
            return table.groupby("name", sort=True)["amount"].sum().reset_index()


        def reading(one: Reading, limit: float) -> Reading:
            if not one.value <= limit:
                raise Refused(one.name, len(one.tags))
            one.tags.append("seen")
            return Reading(one.name.strip(), -one.value, one.tags)


        def nested(value: dict) -> list:
            return sorted(value.items(), key=repr)
    ''',
    "kinds/use.py": '''
        """Calls all of it: stays in another service."""

        from kinds.work import whole


        def use(number=1):
            return whole(number)
    ''',
}
ASK = """
import pickle, sys, time
import kinds.work
calls = pickle.load(open(sys.argv[1], "rb"))
out = []
for name, arguments in calls:
    try:
        answer = ("gave", getattr(kinds.work, name)(*arguments))
    except Exception as error:
        answer = ("raised", type(error).__module__ + "." + type(error).__qualname__, str(error), dict(vars(error)))
        answer[3].pop("__notes__", None)
    out.append((answer, arguments))
pickle.dump(out, open(sys.argv[2], "wb"))
"""
EXACT = Tolerance(relative=0, absolute=0, single=0, half=0)
FLOATS = (0.0, -0.0, float("nan"), float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, 2.0**53 + 1)
LETTERS = "ab \t\n\0\x1b'\"\\{}<&é中😀\u202e\ud800"
DTYPES = ("bool", "int8", "uint16", "int64", "float16", "float32", "float64", "complex64", "complex128")


def inputs(
    rng: random.Random, count: int, make: Callable[[str, dict[str, Any]], Any]
) -> list[tuple[str, tuple[Any, ...]]]:
    """Return that many calls of each function; `make` builds a record of the monolith."""

    def real() -> float:
        return rng.choice(FLOATS) if rng.random() < 0.3 else rng.uniform(-1, 1) * 10.0 ** rng.randrange(-300, 300)

    def whole() -> int:
        return rng.choice((0, -1, True, 2**31, 2**63, -(2**64), rng.randrange(-(10**6), 10**6), rng.getrandbits(400)))

    def text() -> str:
        return "".join(rng.choices(LETTERS, k=rng.randrange(12)))

    def scalar() -> Any:
        return rng.choice((None, rng.random() < 0.5, whole(), real(), text(), rng.randbytes(4), (1, text())))

    def moment() -> datetime:
        zone = rng.choice((None, UTC, timezone(timedelta(minutes=rng.randrange(-700, 700)))))
        return datetime(
            rng.randrange(1, 9999),
            rng.randrange(1, 13),
            rng.randrange(1, 29),
            23,
            59,
            59,
            rng.randrange(10**6),
            tzinfo=zone,
        )

    def array() -> np.ndarray:
        shape = tuple(rng.randrange(5) for _ in range(rng.randrange(4)))
        made = np.frombuffer(rng.randbytes(16 * int(np.prod(shape))), dtype="uint8").reshape(*shape, 16)[..., 0]
        made = (made.astype("int64") - 100).astype(rng.choice(DTYPES))
        if made.dtype.kind == "f" and made.size and rng.random() < 0.5:
            made.flat[0] = rng.choice(FLOATS[:5])
        return np.asfortranarray(made) if rng.random() < 0.3 else made

    def table() -> pd.DataFrame:
        rows = rng.randrange(6)
        amounts = rng.choice(([whole() % 1000 for _ in range(rows)], [real() for _ in range(rows)]))
        names = [rng.choice(("a", "b", None, text().encode("utf-8", "replace").decode())) for _ in range(rows)]
        return pd.DataFrame({"name": names, "amount": amounts}, index=rng.sample(range(50), rows))

    def values(most: int = 6) -> list[Any]:
        return [scalar() for _ in range(rng.randrange(most))]

    makers: dict[str, Callable[[], tuple[Any, ...]]] = {
        "whole": lambda: (whole(),),
        "real": lambda: (real(),),
        "divide": lambda: (real(), rng.choice((real(), 0))),
        "text": lambda: (text(),),
        "blob": lambda: (rng.randbytes(rng.randrange(200)),),
        "pick": lambda: (values(), rng.choice((0, -1, 3, 99, "x"))),
        "tally": lambda: ([text() for _ in range(rng.randrange(6))],),
        "extend": lambda: (values(), tuple(values())),
        "distinct": lambda: ([rng.choice((1, "a", None, 2.5, (1, 2), [1])) for _ in range(rng.randrange(6))],),
        "shift": lambda: (moment(), rng.randrange(-(10**6), 10**6)),
        "array": lambda: (array(), rng.randrange(-3, 4)),
        "total": lambda: (array(),),
        "frame": lambda: (table(),),
        "reading": lambda: (make("Reading", {"name": text(), "value": real(), "tags": values()}), real()),
        "nested": lambda: ({rng.choice((text(), whole(), None)): rng.choice((values(), {"a": values()}, scalar()))
                            for _ in range(rng.randrange(5))},),
    }  # fmt: skip
    return [(name, maker()) for name, maker in makers.items() for _ in range(count)]


def asked(folder: Path, calls: Path, answers: Path, environment: dict[str, str]) -> tuple[list[Any], float]:
    """Return what a process in `folder` got, and the seconds it took."""
    begin = time.monotonic()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK, str(calls), str(answers)],
        cwd=folder,
        check=True,
        env={**os.environ, **environment},
    )
    seconds = time.monotonic() - begin
    return pickle.loads(answers.read_bytes()), seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        sources = {path: textwrap.dedent(text).lstrip("\n") for path, text in SOURCES.items()}
        for side in ("monolith", "services"):
            for path, text in sources.items():
                (folder / side / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / side / path).write_text(text)
        graph = graph_of(sources)
        plan = blueprint_of(graph, {"work": ("kinds.work",), "use": ("kinds.use",)}, shared=("kinds.records", "kinds"))
        write(emit(plan, graph, {path: text.encode() for path, text in sources.items()}), folder / "out")
        for path in sorted((folder / "out" / "harness").rglob("*.py")):
            (folder / "services" / path.relative_to(folder / "out" / "harness")).write_bytes(path.read_bytes())
        sys.path.insert(0, str(folder / "monolith"))
        import kinds.records

        calls = inputs(
            random.Random(options.seed), options.inputs, lambda name, fields: getattr(kinds.records, name)(**fields)
        )
        (folder / "calls").write_bytes(pickle.dumps(calls))
        expected, alone_s = asked(folder / "monolith", folder / "calls", folder / "expected", {})
        with launch(folder / "out", workdir=folder / "services") as running:
            got, services_s = asked(folder / "services", folder / "calls", folder / "got", dict(running.environment))
    differing = Counter[str]()
    for (name, arguments), one, other in zip(calls, expected, got, strict=True):
        difference = first_difference(one, other, tolerance=EXACT)
        if difference is not None:
            differing[name] += 1
            if differing[name] <= 3:
                print(f"{name}{arguments!r:.200}: {difference!s:.300}", file=sys.stderr)
    raised = sum(answer[0] == "raised" for answer, _ in expected)
    print(json.dumps({
        "edges": len({name for name, _ in calls}), "inputs": len(calls), "raised": raised, "different": sum(differing.values()),
        "by edge": differing, "monolith_s": round(alone_s, 1), "services_s": round(services_s, 1),
    }, indent=1))  # fmt: skip
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
