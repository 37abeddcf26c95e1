"""Imports that nothing names come along where what they load changes what moves."""

from __future__ import annotations

import re

import pytest
from tests.unit.scaffold.monoliths import blueprint_of
from tests.unit.scaffold.test_order import run_in

import decompose
from decompose.scaffold import emit

CORE = """
import json

TABLE = {}


def register(f):
    TABLE[f.__name__] = f
    return f


def plain(f):
    return f


class Net:
    def forward(self):
        return "core"


def names():
    return sorted(TABLE), Net().forward(), json.dumps({})
"""
OTHER = "def g():\n    return 2\n"


def said(
    folder,
    plugin,
    *,
    front="import core\nimport plugin\n\n\ndef f():\n    return core.names()\n",
    parts=("front:f", "front:h"),
    more=(),
):
    sources = {
        "core.py": CORE,
        "plugin.py": plugin,
        "front.py": front + "\n\ndef h():\n    return 1\n",
        "other.py": OTHER,
        **dict(more),
    }
    (folder / "code").mkdir()
    for path, text in sources.items():
        (folder / "code" / path).parent.mkdir(exist_ok=True)
        (folder / "code" / path).write_text(text)
    graph = decompose.analyze(folder / "code")
    blueprint = blueprint_of(
        graph,
        {"one": (parts[0], "core"), "two": (*parts[1:], "other")},
        shared=tuple(
            path[:-3].replace("/", ".").removesuffix(".__init__") for path in sources if path.startswith("plug")
        ),
    )
    tree = emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})
    done = run_in(folder, tree, "one", "import front; print(front.f())")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), re.search("import plug", tree.text("services/one/src/front.py")) is not None


@pytest.mark.parametrize(
    ("plugin", "expected"),
    [
        ("from core import register\n\n\n@register\ndef extra():\n    return 1\n", "(['extra'], 'core', '{}')"),
        ("import core\n\n\ndef extra():\n    return 1\n\n\ncore.register(extra)\n", "(['extra'], 'core', '{}')"),
        ("from core import TABLE\n\nTABLE['extra'] = len\n", "(['extra'], 'core', '{}')"),
        ("import core\n\ncore.Net.forward = lambda self: 'patched'\n", "([], 'patched', '{}')"),
        ("import json\n\njson.dumps = lambda value: 'patched'\n", "([], 'core', 'patched')"),
    ],
)
def test_a_module_that_changes_what_moves_comes_along_though_nothing_names_it(tmp_path, plugin, expected):
    assert said(tmp_path, plugin) == (expected, True)


def test_it_comes_along_into_a_module_that_moves_whole_too(tmp_path):
    plugin = "import core\n\n\ndef extra():\n    return 1\n\n\ncore.register(extra)\n"

    assert said(tmp_path, plugin, parts=("front",)) == ("(['extra'], 'core', '{}')", True)


@pytest.mark.parametrize(
    "plugin",
    [
        "VALUE = 1\n\n\ndef extra():\n    return 1\n",
        "from core import plain\n\n\n@plain\ndef extra():\n    return 1\n",
        "import core\n\ncore.plain(1)\n",
        "import csv\n\ncsv.reader = None\n",
        "OWN = {}\nOWN['x'] = 1\n",
    ],
)
def test_a_module_that_changes_nothing_of_it_does_not(tmp_path, plugin):
    assert said(tmp_path, plugin) == ("([], 'core', '{}')", False)


def test_plug_ins_that_a_package_loads_come_along(tmp_path):
    more = {
        "plugs/__init__.py": "from . import one\n",
        "plugs/one.py": "from core import TABLE\n\nTABLE['one'] = len\n",
    }

    front = "import core\nimport plugs\n\n\ndef f():\n    return core.names()\n"

    assert said(tmp_path, "", front=front, more=more) == ("(['one'], 'core', '{}')", True)
