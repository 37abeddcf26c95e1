"""Notebooks and scripts as functions: what they need, what they leave, and that they still do the same."""

from __future__ import annotations

import contextlib
import io

import pytest

from decompose.errors import GenerateError
from decompose.scaffold.functions import functions_of
from decompose.scaffold.segments import Cell, outline


def cells(*texts: str) -> tuple[str, list[Cell]]:
    """Return the joined source of some cells, each with its lines."""
    found, line = [], 1
    for number, text in enumerate(texts, 1):
        count = text.count("\n") + 1
        found.append(Cell(f"cell_{number}", line, line + count - 1))
        line += count
    return "\n".join(texts) + "\n", found


def printed(text: str, *, is_main: bool) -> str:
    """Return what a program prints."""
    out = io.StringIO()
    names: dict[str, object] = {"__name__": "program"}
    with contextlib.redirect_stdout(out):
        exec(compile(text, "program", "exec", dont_inherit=True), names)
        if is_main:
            names["main"]()
    return out.getvalue()


BIG = "a = 1\nb = 2\nc = 3\nd = 4"
CASES = {
    "values flow on": (BIG, "e = a + b\nf = c + d\ng = e * f\nprint(g)", "h = [e, f]\nh.append(g)\nprint(h)\nprint(a)"),
    "a function reads data": (
        "rate = 2\nbase = 10\nx = 1\ny = 2",
        "def price(n):\n    return base + rate * n",
        "print(price(3))\nprice_of = [price(i) for i in range(3)]\nprint(price_of)\nprint(list(map(price, [4])))",
        "rate = 5\nprint(price(n=1,))\nz = 1\nprint(z)",
    ),
    "a function calls one that reads data": (
        "scale = 3\nk = 1\nm = 2\nn = 3",
        "def times(v): return v * scale\ndef twice(v, *args, **more):\n    return times(v) + times(v)",
        "print(twice(2))\nprint(twice(1, 2, key=3))\nprint(k)\nprint(m)",
    ),
    "a function sets data": (
        "count = 0\na = 1\nb = 2\nc = 3",
        "def tick():\n    global count\n    count += 1",
        "tick()\ntick()\nprint(count)\nprint(a)",
    ),
    "redefined functions": (
        "a = 1\nb = 2\nc = 3\ndef f(): return a",
        "print(f())\nprint(b)\nprint(c)\nd = 4",
        "def f(): return a + 1\nprint(f())\na = 7\nprint(f(), d)",
    ),
    "bound on one path": (
        "flag = True\na = 1\nb = 2\nc = 3",
        "if flag:\n    late = 5\nprint(a)\nprint(b)",
        "print(late)\nprint(c)\nd = late\nprint(d)",
    ),
    "text of several lines": (
        'sql = """select\n  x\nfrom t"""\na = 1\nb = 2\nc = f"""{a}\n  {b}"""',
        "print(sql)\nprint(c)\nd = 1\nprint(d)",
        "print(a, b, d)\nprint(len(sql))\nprint(1)\nprint(2)",
    ),
    "deleted and bound again": (
        BIG,
        "del a\na = 9\nprint(a)\nprint(b)",
        "print(a + b)\nfor i in range(2):\n    last = i\nprint(last)",
    ),
    "imports bound twice": (
        "import math as tool\na = 1\nb = 2\nprint(tool.pi > 3)",
        "import json as tool\nprint(tool.dumps([a]))\nc = 3\nprint(b)",
        "print(tool.dumps({}), c)\nprint(a)\nprint(b)\nprint(c)",
    ),
    "statements on one line": (
        "a = 1; b = 2\nc = 3; import math\nd = 4  # four\nprint(d)",
        "print(a, b)\nprint(math.floor(c + 0.5))\nx = 1\nprint(x)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_functions_do_what_the_cells_did(name):
    source, parts = cells(*CASES[name])

    text = "\n".join(functions_of(source, parts, "n.ipynb").lines)

    assert printed(text, is_main=True) == printed(source, is_main=False) != ""


def test_a_segment_takes_what_it_needs_and_returns_what_is_used_later():
    source, parts = cells(
        "# Load the data\nrows = [1]\nspare = 2\nx = 3\ny = 4", "n = len(rows)\nm = x\nprint(n)\nprint(m)"
    )

    text = "\n".join(functions_of(source, parts, "n.ipynb").lines)

    assert "def load_the_data():" in text
    assert "return rows, x" in text
    assert "def cell_2(rows, x):" in text
    assert "    rows, x = load_the_data()\n    cell_2(rows, x)" in text


def test_data_of_a_function_becomes_its_parameter():
    source, parts = cells(*CASES["a function reads data"])

    text = "\n".join(functions_of(source, parts, "n.ipynb").lines)

    assert "def price(n, *, base, rate):" in text
    assert "price(3, base=base, rate=rate)" in text
    assert "functools.partial(price, base=base, rate=rate)" in text


def test_a_script_is_cut_at_its_marks():
    source = "# %% one\na = 1\nb = 2\nc = 3\nd = 4\n# %% two\nprint(a)\nprint(b)\nprint(c)\nprint(d)\n"

    assert len(outline(source, []).segments) == 2


def test_every_line_is_traced_to_its_source():
    source, parts = cells(*CASES["values flow on"])

    text = functions_of(source, parts, "n.ipynb")

    for first, last, origin in text.ranges:
        made = [line.strip() for line in text.lines[first - 1 : last]]
        assert made == [line.strip() for line in source.split("\n")[origin - 1 : origin + last - first]]


@pytest.mark.parametrize(("source", "line"), [("a = 1\nprint 1\n", 2), ("a = 1\nb = globals()['a']\n", 2)])
def test_what_cannot_be_turned_into_functions_is_refused_with_its_line(source, line):
    with pytest.raises(GenerateError, match=rf"n\.ipynb:{line}: "):
        functions_of(source, [Cell("cell_1", 1, 2)], "n.ipynb")
