"""The patch of a monolith that goes on running, and the facades that it switches to."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.extraction import Extraction
from decompose.scaffold import emit

SOURCES = {
    "shop_a.py": "import shop_b\n\n\nclass Base:\n    kind = 1\n\n\ndef f(x):\n    return shop_b.g(x)\n\n\nREADY = f(1)\n",
    "shop_b.py": "def g(x):\n    return x",
    "shop_c.py": "from shop_a import Base, f\n\n\nclass Sub(Base):\n    def went(self):\n        return f(2)\n",
    "shop_d.py": "from shop_c import Sub\n\n\ndef main():\n    return Sub().went()\n",
}


def made(services, sources=SOURCES, **options):
    graph = graph_of(sources, mutated=options.pop("mutated", ()))
    extraction = Extraction(services=tuple(services), **options)
    content = {path: text.encode() for path, text in sources.items()}
    return emit(blueprint_of(graph, services), graph, content, extraction=extraction)


def patched(tree, sources, folder):
    for path, text in sources.items():
        (folder / path).write_bytes(text.encode())
    (folder / "monolith.patch").write_bytes(tree.files["monolith.patch"])
    subprocess.run(["git", "apply", "monolith.patch"], cwd=folder, check=True)
    return {path: (folder / path).read_bytes().decode() for path in sources}


def test_the_patch_adds_a_switch_and_changes_nothing_else(tmp_path):
    found = patched(made({"one": ("shop_a", "shop_b")}), SOURCES, tmp_path)

    added = [line for line in found["shop_a.py"].split("\n") if line not in SOURCES["shop_a.py"].split("\n")]
    assert "from service_switch.one.shop_a import switch" in found["shop_a.py"]
    assert len(added) == 4
    assert (found["shop_c.py"], found["shop_d.py"]) == (SOURCES["shop_c.py"], SOURCES["shop_d.py"])


def test_the_switch_stands_between_the_definitions_and_what_uses_them(tmp_path):
    text = patched(made({"one": ("shop_a",)}), SOURCES, tmp_path)["shop_a.py"]

    assert text.index("def f(x)") < text.index("_switch(globals())") < text.index("READY = f(1)")
    assert "\n\n\nREADY" in text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_stay_what_they_are(tmp_path, end):
    sources = {path: text.replace("\n", end) for path, text in SOURCES.items()}

    found = patched(made({"one": ("shop_a", "shop_b")}, sources), sources, tmp_path)

    assert "switch" in found["shop_b.py"]
    assert all(line.endswith("\r") == (end == "\r\n") for line in found["shop_a.py"].split("\n")[:-1])


def test_a_monolith_whose_switches_say_local_loads_nothing_of_ours(tmp_path):
    patched(made({"one": ("shop_a", "shop_b")}), SOURCES, tmp_path)
    code = (
        "import sys, shop_d; assert shop_d.main() == 2; assert not [m for m in sys.modules if m.startswith('service_')]"
    )

    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_a_facade_builds_on_facades_and_not_on_the_monoliths_classes():
    text = made({"one": ("shop_a", "shop_c")}).text("packages/switch/src/service_switch/one/shop_c.py")

    assert "from service_switch.one.shop_a import Base" in text
    assert "class Sub(Base, at=_one" in text
    ast.parse(text)


def test_what_must_not_be_done_twice_is_named_with_its_reason():
    tree = made({"one": ("shop_a",)}, unrepeatable={"shop_a:f": "it writes files", "shop_b:g": "not here"})

    assert 'only_local={"f": "it writes files"},' in tree.text("packages/switch/src/service_switch/one/shop_a.py")


def test_state_that_only_the_service_changes_is_asked_there():
    sources = {
        "shop_a.py": "CACHE = {}\n\n\ndef put(x):\n    CACHE[x] = 1\n",
        "shop_b.py": "import shop_a\n\n\ndef g():\n    return shop_a.put(1)\n",
    }

    tree = made({"one": ("shop_a",)}, sources, mutated=("shop_a:CACHE",))

    assert 'values=("CACHE",),' in tree.text("packages/switch/src/service_switch/one/shop_a.py")


def test_a_workspace_without_switches_has_none_of_this():
    graph = graph_of(SOURCES)
    tree = emit(blueprint_of(graph, {"one": ("shop_a",)}), graph, {p: t.encode() for p, t in SOURCES.items()})

    assert not [path for path in tree if "switch" in path or path.endswith((".patch", "IN_PLACE.md"))]


def test_modules_whose_names_become_alike_have_facades_of_their_own():
    sources = {"shop_a/b.py": "def f():\n    return 1\n", "shop_a_b.py": "def g():\n    return 2\n"}

    tree = made({"one": ("shop_a.b", "shop_a_b")}, sources)

    homes = sorted(path.rpartition("/")[2] for path in tree if "service_switch/one/shop" in path)
    assert homes == ["shop_a_b.py", "shop_a_b_2.py"]
