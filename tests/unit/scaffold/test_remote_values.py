"""Values of a module whose owner is another service, used by functions of the module that run here."""

from __future__ import annotations

import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of
from tests.unit.scaffold.test_order import run_in

from decompose.scaffold import emit

SOURCES = {
    "kinds.py": (
        "import decimal\nimport random\n\nimport shapes\n\nARRAYS = (shapes.Box, shapes.Ball)\nMADE = shapes.make()\n"
        "SEED = random.random()\n\n\ndef is_array(x):\n    return isinstance(x, ARRAYS)\n\n\n"
        "def seed():\n    return SEED\n\n\ndef made():\n    return MADE\n\n\ndef own():\n    return 1\n"
    ),
    "use.py": "from kinds import is_array, seed, made\n\n\ndef go(x):\n    return is_array(x), seed, made\n",
}
"""`shapes` is a library; `kinds` runs in another service, its functions `is_array`, `seed` and `made` are shared."""


def tree_of():
    graph = graph_of(SOURCES)
    blueprint = blueprint_of(
        graph, {"one": ("kinds:own", "kinds:<module>"), "two": ("use",)},
        shared=("kinds:is_array", "kinds:seed", "kinds:made"),
    )  # fmt: skip
    return emit(blueprint, graph, {path: text.encode() for path, text in SOURCES.items()})


def test_constants_of_libraries_that_its_functions_use_are_evaluated_here_and_nothing_else_is():
    text = tree_of().text("services/two/src/kinds.py")

    assert "ARRAYS = (shapes.Box, shapes.Ball)\n" in text
    assert "MADE = " not in text
    assert "SEED = " not in text
    assert "import decimal" not in text


@pytest.mark.parametrize(("name", "value"), [("seed", "SEED"), ("made", "MADE")])
def test_other_values_are_asked_for_under_their_names(tmp_path, name, value):
    (tmp_path / "shapes.py").write_text("class Box: pass\nclass Ball: pass\n")
    asked = (
        "import sys; sys.path.append('.'); import service_contracts.clients as c; "
        "type(c.one).attribute = lambda self, module, name: f'{module}.{name} of the owner'; "
        f"import kinds; print(kinds.{name}(), kinds.is_array(kinds.shapes.Box()))"
    )

    said = run_in(tmp_path, tree_of(), "two", *asked.split("; "), cwd=tmp_path)

    assert (said.returncode, said.stdout) == (0, f"kinds.{value} of the owner True\n"), said.stderr


def test_what_nobody_has_is_not_found(tmp_path):
    (tmp_path / "shapes.py").write_text("class Box: pass\nclass Ball: pass\n")
    statements = (
        "import sys",
        "sys.path.append('.')",
        "import kinds",
        "kinds.is_array.__globals__['__builtins__']['none']",
    )

    said = run_in(tmp_path, tree_of(), "two", *statements, cwd=tmp_path)

    assert "KeyError: 'none'" in said.stderr
