# ruff: noqa: E501  (tables of values read better on long lines)
"""What the generator carries over, cuts, and puts in place of what moved."""

from __future__ import annotations

import ast
import json

import msgspec
import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.errors import GenerateError
from decompose.ir.blueprint import Blueprint
from decompose.ir.findings import Span
from decompose.ir.graph import Unit
from decompose.scaffold import emit
from decompose.scaffold.pytext import doc_literal, pystr

SOURCES = {
    "a.py": '"""A."""\n\nimport json\nimport pandas as pd\n\nLIMIT = 3\nTABLE = pd.DataFrame()\n\n\n# about f\ndef f(x: pd.DataFrame, n=LIMIT):\n    return x  # kept\n\n\ndef g():\n    return json.dumps(LIMIT)\n',
    "b.py": "from a import LIMIT, f\n\n\ndef h():\n    return f(LIMIT)\n",
}


def made(services, sources=SOURCES, shared=()):
    graph = graph_of(sources)
    blueprint = blueprint_of(graph, services, shared)
    return emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})


def test_own_modules_are_carried_over_byte_for_byte():
    tree = made({"one": ("a",), "two": ("b",)})

    assert tree.text("services/one/src/a.py") == SOURCES["a.py"]
    assert tree.text("services/two/src/b.py") == SOURCES["b.py"]


def test_a_facade_has_the_signature_and_none_of_the_imports():
    text = made({"one": ("a",), "two": ("b",)}).text("services/two/src/a.py")

    assert 'def f(x: "pd.DataFrame", n=UNSET):' in text
    assert "LIMIT = 3" in text
    assert "if TYPE_CHECKING:\n    import pandas as pd" in text


def test_a_split_module_keeps_comments_and_only_what_it_needs():
    text = made({"one": ("a:f",), "two": ("a:g", "b")}).text("services/one/src/a.py")

    assert "# about f\ndef f(x: pd.DataFrame, n=LIMIT):\n    return x  # kept" in text
    assert "json" not in text


def test_provenance_names_the_source_of_moved_lines():
    tree = made({"one": ("a:f",), "two": ("a:g", "b")})

    lines = tree.text("services/one/src/a.py").split("\n")
    source = SOURCES["a.py"].split("\n")
    for entry in json.loads(tree.text("provenance.json"))["services/one/src/a.py"]:
        first, last = entry["lines"]
        assert [x for x in lines[first - 1 : last] if x] == [
            x for x in source[entry["line"] - 1 : entry["line"] - 1 + last - first + 1] if x
        ]


def test_the_same_input_gives_the_same_bytes():
    assert made({"one": ("a",), "two": ("b",)}).files == made({"one": ("a",), "two": ("b",)}).files


def test_everything_generated_compiles():
    tree = made({"one": ("a:f",), "two": ("a:g", "b")})

    for path in tree:
        if path.endswith(".py"):
            ast.parse(tree.files[path])


def test_a_plan_without_services_is_refused():
    with pytest.raises(GenerateError):
        emit(Blueprint(system="x", services=()), graph_of(SOURCES), {})


@pytest.mark.parametrize("text", ['"""', "a\nb", "\\", "'", '"', "\x00\u2028", "{{ x }}", "# \r\nimport os", '""" + x'])
def test_hostile_text_stays_inside_its_string(text):
    assert ast.literal_eval(pystr(text)) == text
    tree = ast.parse(f"def f():\n    {doc_literal(text)}\n    return 1\n")
    assert [type(node) for node in tree.body[0].body] == [ast.Expr, ast.Return]


def test_a_hostile_docstring_does_not_reach_the_facade():
    sources = SOURCES | {"a.py": 'def f(x="\\n"):\n    "\\"\\"\\"\\nimport os"\n    return x\n'}
    sources["b.py"] = "from a import f\n\n\ndef h():\n    return f()\n"

    tree = ast.parse(made({"one": ("a",), "two": ("b",)}, sources).files["services/two/src/a.py"])

    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


WEB = {
    "app.py": (
        "import flask\n\nMODEL = None\napp = flask.Flask(__name__)\n\n\ndef score(x):\n    return MODEL, x\n\n\n"
        '@app.route("/")\ndef page():\n    return score(1)\n\n\n'
        'if __name__ == "__main__":\n    MODEL = 3\n    app.run()\n'
    )
}


def test_routes_that_stay_have_the_application_and_the_program_runs_at_its_owner():
    import msgspec

    from decompose.ir.graph import EntryPoint

    graph = graph_of(WEB)
    route = EntryPoint(kind="route", framework="flask", detail="GET /")
    units = tuple(msgspec.structs.replace(u, entry=route) if u.symbol == "app:page" else u for u in graph.units)
    graph = msgspec.structs.replace(graph, units=units)

    text = emit(blueprint_of(graph, {"one": ("app",)}), graph, {p: t.encode() for p, t in WEB.items()}).text(
        "harness/app.py"
    )

    assert "app = flask.Flask(__name__)" in text
    assert '_one.call("score"' in text
    assert text.rstrip().endswith('raise SystemExit(_one.run("app", sys.argv))')
    assert "MODEL = 3" not in text


def test_a_program_is_run_and_not_loaded_and_becomes_functions():
    import msgspec

    text = "import json\n\n\ndef f(x):\n    return x\n\n\na = f(1)\nb = f(2)\nc = a + b\nd = json.dumps(c)\nprint(d)\nprint(a)\n"
    graph = graph_of({"go.py": text})
    graph = msgspec.structs.replace(
        graph, modules=tuple(msgspec.structs.replace(m, kind="script") for m in graph.modules)
    )

    tree = emit(blueprint_of(graph, {"one": ("go",)}, kinds={"one": "job"}), graph, {"go.py": text.encode()})

    assert "preload=()" in tree.text("services/one/app.py")
    assert "def main():" in tree.text("functions/go.py")
    assert "Operation(" not in tree.text("packages/contracts/src/service_contracts/one.py").partition("= (")[2]


def test_a_notebook_that_cannot_be_turned_into_functions_is_told_with_its_line():
    import msgspec

    from decompose.ir.graph import Module

    graph = graph_of(SOURCES)
    book = Module(name="n.ipynb", path="n.ipynb", kind="notebook")
    graph = msgspec.structs.replace(graph, modules=(*graph.modules, book))
    sources = {p: t.encode() for p, t in SOURCES.items()} | {"n.ipynb": b"{}"}

    tree = emit(
        blueprint_of(graph, {"one": ("a",), "two": ("b",)}), graph, sources, {"n.ipynb": "x = 1\nexec('y = 2')\n"}
    )

    (finding,) = tree.findings
    assert (finding.code, finding.span.path, finding.span.line) == ("DC502", "n.ipynb", 2)


def test_a_project_replaces_templates_and_adds_its_own(tmp_path):
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "README.md.jinja").write_text("# {{ service.name | comment }} of our house\n")
    (tmp_path / "service" / "OWNERS").write_text("us\n")
    graph = graph_of(SOURCES)
    sources = {path: text.encode() for path, text in SOURCES.items()}

    tree = emit(blueprint_of(graph, {"one": ("a",), "two": ("b",)}), graph, sources, templates=tmp_path)

    assert tree.text("services/one/README.md") == "# one of our house\n"
    assert tree.text("services/two/OWNERS") == "us\n"
    assert "OPERATIONS" in tree.text("services/one/app.py")


def test_a_broken_template_is_told_with_its_line(tmp_path):
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "README.md.jinja").write_text("# x\n{% for %}\n")
    graph = graph_of(SOURCES)
    sources = {path: text.encode() for path, text in SOURCES.items()}

    with pytest.raises(GenerateError, match=r"README\.md\.jinja:2: "):
        emit(blueprint_of(graph, {"one": ("a",), "two": ("b",)}), graph, sources, templates=tmp_path)


def test_the_system_lists_the_classes_that_are_used_from_outside_with_their_public_methods():
    sources = {
        "a.py": "class C:\n    def __init__(self, n):\n        self.n = n\n\n    def f(self):\n        return self._g()\n\n    def _g(self):\n        return self.n\n",
        "b.py": "from a import C\n\n\ndef h():\n    return C(1).f()\n",
    }
    graph = graph_of(sources)
    methods = [
        Unit(symbol=f"a:C.{name}", kind="method", module="a", span=Span("a.py")) for name in ("__init__", "_g", "f")
    ]
    whole = msgspec.structs.replace(graph, units=(*graph.units, *methods))

    tree = emit(
        blueprint_of(graph, {"one": ("a",), "two": ("b",)}), whole, {p: text.encode() for p, text in sources.items()}
    )

    services = {s["name"]: s for s in json.loads(tree.text("system.json"))["services"]}
    assert services["one"]["methods"] == ["a:C", "a:C.f"]
    assert services["two"]["methods"] == []


@pytest.mark.parametrize(
    ("text", "is_anchored"),
    [
        ('from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef page():\n    return ""\n', True),
        ("from pathlib import Path\n\n\ndef page():\n    return Path(__file__).parent\n", True),
        ("import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef page():\n    return 1\n", False),
    ],
)
def test_a_module_that_looks_for_data_beside_itself_finds_the_monoliths(text: str, is_anchored: bool) -> None:
    tree = made({"one": ("w",), "two": ("b",)}, {"w.py": text, "b.py": "def h():\n    return 2\n"})

    app = tree.text("services/one/app.py")

    assert ('"w"' in app.partition("anchored=")[2].partition("entries=")[0]) is is_anchored
