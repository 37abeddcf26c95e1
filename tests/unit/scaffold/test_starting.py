"""Whether a service starts: libraries with the names of folders, and reasons when it cannot."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import msgspec
import pytest
from service_runtime.modules import SourceFinder
from service_runtime.refusal import patience, reason
from service_runtime.service import Service
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

import decompose
from decompose.errors import GenerateError
from decompose.ir.blueprint import ArtifactFile, ArtifactSet
from decompose.ir.findings import Span
from decompose.ir.graph import Module, Unit
from decompose.resources import template_root
from decompose.scaffold import emit
from decompose.scaffold.territory import Territory


def test_a_folder_with_the_name_of_a_required_library_does_not_hide_it():
    sources = {
        "streamlit/ui.py": "import streamlit as st\n\n\ndef show():\n    st.title('x')\n",
        "other.py": "def f():\n    return 1\n",
    }
    graph = msgspec.structs.replace(graph_of(sources), requirements=("streamlit==1.40.0",))

    tree = emit(
        blueprint_of(graph, {"one": ("streamlit.ui",), "two": ("other",)}),
        graph,
        {p: t.encode() for p, t in sources.items()},
    )

    assert "streamlit==1.40.0" in tree.text("services/one/requirements.txt")


def test_an_installed_library_goes_before_a_folder_without_init(tmp_path):
    finder = SourceFinder(tmp_path, {"json": "json/", "json.own": "json/own.py", "bare": "bare/"}, (), tmp_path)

    assert finder.find_spec("json") is None
    assert finder.find_spec("json.own").origin == str(tmp_path / "json" / "own.py")
    assert finder.find_spec("bare").submodule_search_locations == [str(tmp_path / "bare")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os\nROOT = os.environ['DATA_ROOT']\n", "the setting `DATA_ROOT` is not set"),
        ("KEY = {}\nKEY['DATA_ROOT']\n", "the setting `DATA_ROOT` is not set"),
        ("TABLE = {}\nTABLE['other']\n", "KeyError: 'other'"),
        ("\nopen('weights.bin')\n", "there is no file `weights.bin`"),
        ("\nimport no_such_library\n", "the module `no_such_library` is not installed"),
        ("\nraise ModuleNotFoundError('install x[python]')\n", "ModuleNotFoundError: install x[python]"),
        ("\nraise RuntimeError('no\\n  device')\n", "RuntimeError: no device"),
        ("\nraise SystemExit(2)\n", "SystemExit: 2"),
    ],
)
def test_a_service_that_cannot_start_says_what_is_missing_and_where(tmp_path, monkeypatch, code, expected):
    (tmp_path / "settings_of_a_test.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "settings_of_a_test", raising=False)
    service = Service("one", tmp_path, {"settings_of_a_test": "settings_of_a_test.py"}, environment=("DATA_ROOT",))

    with pytest.raises((Exception, SystemExit)) as caught:
        __import__("settings_of_a_test")

    said = reason(caught.value, service)
    assert said.startswith(f"`one` cannot start: {expected}")
    assert said.endswith("(settings_of_a_test.py:2)")


def test_modules_that_another_import_loaded_are_imported_where_that_one_is_not_needed():
    sources = {
        "settings.py": "import logging\nimport xml\nimport heavy\n\nDEPTH = 3\nNAMES = logging.Logger.manager\n\n\n"
        "def begin(table):\n    logging.config.dictConfig(table)\n    logging.info(xml.etree.ElementTree)\n\n\n"
        "def other():\n    return heavy.load()\n",
        "one.py": "from settings import begin\n\n\ndef f():\n    return begin({})\n",
        "two.py": "from one import f\nfrom settings import other\n\n\ndef h():\n    return f(), other()\n",
    }
    graph = graph_of(sources)
    blueprint = blueprint_of(graph, {"one": ("one", "settings:begin"), "two": ("two", "settings:other")})

    text = emit(blueprint, graph, {p: t.encode() for p, t in sources.items()}).text("services/one/src/settings.py")

    assert "import logging.config\nimport logging\n" in text
    assert "import xml.etree.ElementTree\nimport xml\n" in text
    assert "logging.Logger\n" not in text
    assert "heavy" not in text


def test_a_service_that_waits_for_another_says_where_its_code_asks(tmp_path, monkeypatch):
    (tmp_path / "asks_another.py").write_text(
        "def ask():\n    raise LookupError('`two` cannot be reached')\n\n\nask()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "asks_another", raising=False)

    with pytest.raises(LookupError) as caught:
        __import__("asks_another")

    said = patience(caught.value, Service("one", tmp_path, {"asks_another": "asks_another.py"}))
    assert said == "`one` waits: `two` cannot be reached (asks_another.py:2)"


def test_a_notebook_in_a_service_is_refused_with_its_place():
    graph = graph_of({"a.py": "def f():\n    return 1\n"})
    notebook = Module(name="nb.ipynb", path="nb.ipynb", kind="notebook", import_names=("nb.ipynb",))
    unit = Unit(symbol="nb.ipynb:f", kind="function", module="nb.ipynb", span=Span("nb.ipynb"))
    graph = msgspec.structs.replace(graph, modules=(*graph.modules, notebook), units=(*graph.units, unit))

    with pytest.raises(GenerateError, match=r"`one`: nb\.ipynb is a notebook"):
        emit(
            blueprint_of(graph, {"one": ("a", "nb.ipynb:f")}),
            graph,
            {"a.py": b"def f():\n    return 1\n", "nb.ipynb": b"{}"},
        )


def _emitted(sources, services, startup=()):
    graph = graph_of(sources)
    blueprint = msgspec.structs.replace(blueprint_of(graph, services), startup=startup)
    return emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})


def _service_in(tree, name):
    values = ast.parse(tree.text(f"services/{name}/app.py")).body
    (call,) = [n.value for n in values if isinstance(n, ast.Assign) and n.targets[0].id == "SERVICE"]
    return {k.arg: ast.unparse(k.value) for k in call.keywords}


def test_what_the_plan_starts_with_is_carried_whole_into_every_service_and_imported_first():
    sources = {
        "first.py": "import builtins\nimport os\n\nfrom tools import pick\n\nbuiltins.os = pick(os)\n",
        "tools.py": "def pick(thing):\n    return thing\n\n\ndef unused():\n    return 1\n",
        "a.py": "def f():\n    return os.sep\n",
        "b.py": "def g():\n    return os.linesep\n",
    }

    tree = _emitted(sources, {"one": ("a",), "two": ("b",)}, startup=("first",))

    for name, module in (("one", "a"), ("two", "b")):
        made = _service_in(tree, name)
        assert (made["startup"], made["preload"]) == ("('first',)", f"('{module}',)")
        assert tree.text(f"services/{name}/src/first.py") == sources["first.py"]
        assert "def pick" in tree.text(f"services/{name}/src/tools.py")
    assert "startup" not in _service_in(_emitted(sources, {"one": ("a",)}), "one")


_STARTED = """
import sys
from pathlib import Path
from service_runtime.service import Service
from service_runtime.serve import serve, prepare
service = Service("one", Path.cwd(), {"first": "first.py", "own": "own.py"}, startup=("first",), preload=("own",))
if sys.argv.pop() == "serve":
    serve(service)
prepare(service, Path.cwd())
import own
"""


@pytest.mark.parametrize(
    ("first", "how", "code", "said"),
    [
        ("import builtins, os\nbuiltins.os = os", "prepare", 0, "own sees /"),
        ("import os", "prepare", 1, "NameError: name 'os' is not defined"),
        ("\nraise SystemExit(2)", "serve", 1, "error: `one` cannot start: SystemExit: 2 (first.py:2)"),
        ("\nimport no_such_library", "serve", 1, "error: `one` cannot start: the module `no_such_library` is not installed"),
    ],
)  # fmt: skip
def test_what_runs_first_runs_before_the_code_of_the_service_or_says_why_not(tmp_path, first, how, code, said):
    (tmp_path / "first.py").write_text(first)
    (tmp_path / "own.py").write_text("print('own sees', os.sep)")
    variables = os.environ | {"PYTHONPATH": str(template_root() / "packages" / "runtime" / "src")}

    done = subprocess.run(
        [sys.executable, "-c", _STARTED, how], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )

    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stderr


@pytest.mark.parametrize(
    ("text", "is_loaded"),
    [
        ("from utils.display import show\n", False),
        ("from utils.display import *\n", False),
        ("from utils.kept import gone\n", False),
        ("from utils.kept import *\n", True),
        ("from utils.made import anything\n", True),
        ("from broken import g\n", False),
        ("import broken\n", False),
        ("return\n", False),
        ("def g():\n    yield\n    return 1\n", True),
        ("import utils.display\n", False),
        ("from utils.kept import show\n", True),
        ("from utils import anything\n", False),
        ("from other_library.display import show\n", True),
        ("try:\n    from utils.display import show\nexcept ImportError:\n    show = print\n", True),
        ("def f():\n    from utils.display import show\n    return show\n", True),
    ],
)
def test_a_module_that_nothing_can_import_does_not_keep_its_service_from_starting(text, is_loaded):
    sources = {
        "old.py": text + "\n\ndef f():\n    return 1\n",
        "new.py": "def g():\n    return 2\n",
        "utils/__init__.py": "",
        "utils/kept.py": "def show():\n    return 3\n",
        "utils/made.py": "globals().update(anything=1)\n",
        "broken.py": "from utils.kept import nothing\n\n\ndef g():\n    return 1\n",
    }

    tree = _emitted(sources, {"one": ("old", "new"), "two": ("utils.kept",)})

    made = _service_in(tree, "one")
    assert made["preload"] == ("('new', 'old')" if is_loaded else "('new',)")
    assert ("'old'" in made.get("unloadable", "")) == (not is_loaded)
    told = [(str(finding.span), finding.code) for finding in tree.findings if finding.code == "DC503"]
    assert told == ([] if is_loaded else [("old.py:1", "DC503")])


@pytest.mark.parametrize(
    ("pattern", "writers", "expected"),
    [
        ("models/model.pkl", ("train",), {"numpy", "scikit-learn==1.5.0", "xgboost"}),
        ("models/*.joblib", ("train",), {"numpy", "scikit-learn==1.5.0", "xgboost"}),
        ("models/model.json", ("train",), {"numpy"}),
        ("models/model.pkl", ("other",), {"numpy"}),
    ],
)
def test_who_loads_a_pickled_file_of_another_service_installs_what_its_object_may_be_of(pattern, writers, expected):
    sources = {
        "train.py": "import mlflow\nimport sklearn\nimport xgboost\n\n\ndef fit():\n    return sklearn, xgboost, mlflow\n",
        "serve.py": "import numpy\n\n\ndef predict():\n    return numpy\n",
        "other.py": "def f():\n    return 1\n",
    }
    graph = msgspec.structs.replace(graph_of(sources), requirements=("scikit-learn==1.5.0",))
    files = (ArtifactFile(pattern=pattern, writers=writers, readers=("serve",)),)
    blueprint = msgspec.structs.replace(
        blueprint_of(graph, {"train": ("train",), "serve": ("serve",), "other": ("other",)}),
        artifacts=(ArtifactSet(name="models", files=files),),
    )

    tree = emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})

    lines = tree.text("services/serve/requirements.txt").splitlines()
    assert {line for line in lines if line and not line.startswith(("#", "-c"))} == expected


def test_a_function_that_only_the_program_of_a_module_defines_is_no_operation():
    sources = {
        "tool.py": "def known():\n    return 1\n\n\nif __name__ == '__main__':\n\n    def told(x):\n        print(x)\n",
        "other.py": "def f():\n    return 1\n",
    }
    graph = graph_of(sources)
    told = Unit(symbol="tool:told", kind="function", module="tool", span=Span("tool.py", 7))
    graph = msgspec.structs.replace(graph, units=(*graph.units, told))

    tree = emit(
        blueprint_of(graph, {"one": ("tool",), "two": ("other",)}), graph, {p: t.encode() for p, t in sources.items()}
    )

    (one,) = [s for s in json.loads(tree.text("system.json"))["services"] if s["name"] == "one"]
    assert [operation["name"] for operation in one["operations"]] == ["known"]


@pytest.mark.parametrize(("value", "is_program"), [("sys.argv[1]", True), ("sys.platform", False)])
def test_a_script_that_reads_its_words_as_it_is_loaded_is_a_program(tmp_path, value, is_program):
    text = f"import sys\n\nROOT = {value}\n\n\ndef f():\n    return ROOT\n\n\nif __name__ == '__main__':\n    f()\n"
    (tmp_path / "job.py").write_text(text)
    graph = decompose.analyze(tmp_path)

    found = Territory(blueprint_of(graph, {"one": ("job",)}), graph, {"job.py": text.encode()})

    assert ("job" in found.programs) == is_program


_JOB = "import sys\nfrom shapes import Shape\n\nprint(sys.argv)\n\n\ndef work(shape):\n    return shape\n\n\nwork(Shape())\n"


@pytest.mark.parametrize(
    ("front", "is_program"),
    [
        ("import subprocess\n\nsubprocess.run(['python', 'job.py', 'x'])\n", True),
        ("import job\n\njob.work(1)\n", False),
        ("def f():\n    from job import work\n\n    return work(1)\n", False),
    ],
)
def test_a_program_that_is_only_run_by_a_command_or_handed_values_is_not_loaded(tmp_path, front, is_program):
    sources = {"job.py": _JOB, "shapes.py": "class Shape:\n    pass\n", "front.py": front}
    for path, text in sources.items():
        (tmp_path / path).write_text(text)
    graph = decompose.analyze(tmp_path)

    found = Territory(blueprint_of(graph, {"one": ("job",)}), graph, {p: t.encode() for p, t in sources.items()})

    assert ("job" in found.programs) == is_program


def test_a_module_that_ends_the_process_as_it_is_loaded_is_the_reason(tmp_path):
    (tmp_path / "first.py").write_text("")
    (tmp_path / "own.py").write_text("import sys\n\nsys.exit('usage: own WORD')\n")
    variables = os.environ | {"PYTHONPATH": str(template_root() / "packages" / "runtime" / "src"), "SERVICE_OPEN": "1"}

    done = subprocess.run(
        [sys.executable, "-c", _STARTED, "--port", "0", "serve"],
        cwd=tmp_path, env=variables, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "error: `one` cannot start: SystemExit: usage: own WORD (own.py:3)" in done.stderr
    assert done.returncode == 1
