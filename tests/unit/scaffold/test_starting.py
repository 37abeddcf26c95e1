"""Whether a service starts: libraries with the names of folders, and reasons when it cannot."""

from __future__ import annotations

import sys

import msgspec
import pytest
from service_runtime.modules import SourceFinder
from service_runtime.refusal import reason
from service_runtime.service import Service
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.errors import GenerateError
from decompose.ir.findings import Span
from decompose.ir.graph import Module, Unit
from decompose.scaffold import emit


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
        ("\nraise RuntimeError('no\\n  device')\n", "RuntimeError: no device"),
    ],
)
def test_a_service_that_cannot_start_says_what_is_missing_and_where(tmp_path, monkeypatch, code, expected):
    (tmp_path / "settings_of_a_test.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "settings_of_a_test", raising=False)
    service = Service("one", tmp_path, {"settings_of_a_test": "settings_of_a_test.py"}, environment=("DATA_ROOT",))

    with pytest.raises(Exception) as caught:
        __import__("settings_of_a_test")

    said = reason(caught.value, service)
    assert said.startswith(f"`one` cannot start: {expected}")
    assert said.endswith("(settings_of_a_test.py:2)")


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
