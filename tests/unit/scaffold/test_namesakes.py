"""Modules of one service that are imported by the same name."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of
from tests.unit.scaffold.test_order import run_in

from decompose.scaffold import emit

FOLDERS = {
    "a/run.py": "{a}\n\n\ndef first():\n    return {use}, x.__module__\n",
    "a/tools.py": "import deep\n\n\ndef x():\n    return 'a' + deep.VALUE\n",
    "a/deep.py": "VALUE = '1'\n",
    "b/run.py": "from tools import x\n\n\ndef second():\n    return x()\n",
    "b/tools.py": "from deep import VALUE\n\n\ndef x():\n    return 'b' + VALUE\n",
    "b/deep.py": "VALUE = '2'\n",
    "c.py": "def g():\n    return 1\n",
}
"""Scripts of two folders, each with a `tools` and a `deep` beside it."""


def emitted(sources, services):
    graph = graph_of(sources)
    named = tuple(
        msgspec.structs.replace(m, import_names=(m.name, m.name.rpartition(".")[2])) if "." in m.name else m
        for m in graph.modules
    )
    graph = msgspec.structs.replace(graph, modules=named)
    return emit(blueprint_of(graph, services), graph, {path: text.encode() for path, text in sources.items()})


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("from tools import x", "x()"),
        ("import tools\n\nx = tools.x", "tools.x()"),
        ("import tools as t\n\nx = t.x", "t.x()"),
        ("def x():\n    return ''\n\n\ndef late():\n    import tools\n    return tools.x()", "late()"),
    ],
)
def test_each_importer_gets_the_module_beside_it(tmp_path, line, use):
    sources = {**FOLDERS, "a/run.py": FOLDERS["a/run.py"].format(a=line, use=use)}
    tree = emitted(sources, {"one": ("a.run", "b.run"), "two": ("c",)})

    said = run_in(tmp_path, tree, "one", "import a.run, b.run; print(a.run.first()[0], b.run.second())")

    assert (said.returncode, said.stdout) == (0, "a1 b2\n"), said.stderr


def test_a_program_gets_what_stands_beside_it_too(tmp_path):
    program = (
        FOLDERS["b/run.py"] + "\n\nif __name__ == '__main__':\n    import tools\n\n    print(second(), tools.x())\n"
    )
    tree = emitted({**FOLDERS, "a/run.py": "from tools import x\n\n\ndef first():\n    return x()\n", "b/run.py": program},
                   {"one": ("a.run", "b.run"), "two": ("c",)})  # fmt: skip

    said = run_in(tmp_path, tree, "one", "from service_runtime.dispatch import run_main; run_main('b.run', [])")

    assert (said.returncode, said.stdout) == (0, "b2 b2\n"), said.stderr


def test_where_nothing_shares_a_name_it_stays_the_name(tmp_path):
    sources = {**FOLDERS, "a/run.py": FOLDERS["a/run.py"].format(a="from tools import x", use="x()")}
    tree = emitted(sources, {"one": ("a.run",), "two": ("b.run",), "three": ("c",)})

    said = run_in(tmp_path, tree, "one", "import a.run; print(*a.run.first())")

    assert (said.returncode, said.stdout) == (0, "a1 tools\n"), said.stderr
    assert "renamed" not in tree.text("services/one/app.py")


STATE = {
    "a/run.py": "import tools\n\n\ndef first():\n    tools.SEEN.append(1)\n    return tools.count()\n",
    "a/tools.py": "SEEN = []\n\n\ndef count():\n    return len(SEEN)\n\n\nclass Kind:\n    pass\n",
    "c.py": "def g():\n    return 1\n",
}


def test_a_module_under_two_names_is_one_module_as_it_was(tmp_path):
    tree = emitted(STATE, {"one": ("a.run", "a.tools"), "two": ("c",)})

    said = run_in(
        tmp_path, tree, "one",
        "import a.run, a.tools; print(a.run.first(), a.tools.count(), a.tools.Kind.__module__, a.tools.__spec__.name)",
    )  # fmt: skip

    assert (said.returncode, said.stdout) == (0, "1 1 tools tools\n"), said.stderr


def test_a_module_that_the_code_imports_by_both_names_stays_two_as_it_was(tmp_path):
    both = {**STATE, "a/more.py": "from a import tools\n\n\ndef second():\n    return tools.count()\n"}
    tree = emitted(both, {"one": ("a.run", "a.tools", "a.more"), "two": ("c",)})

    said = run_in(tmp_path, tree, "one", "import a.run, a.more; print(a.run.first(), a.more.second())")

    assert (said.returncode, said.stdout) == (0, "1 0\n"), said.stderr
    assert "aliases" not in tree.text("services/one/app.py")


def test_a_package_on_a_path_of_its_own_has_the_name_that_the_code_gives_it(tmp_path):
    sources = {
        "kit/lib/__init__.py": "NAME = __name__\n",
        "kit/lib/deep/__init__.py": "NAME = __name__\n",
        "kit/lib/deep/core.py": "from lib.deep import NAME\n\n\ndef name():\n    return NAME\n",
        "kit/run.py": "from lib.deep.core import name\n\n\ndef go():\n    return name()\n",
        "c.py": "def g():\n    return 1\n",
    }
    graph = graph_of(sources)
    named = tuple(
        msgspec.structs.replace(m, import_names=(m.name, m.name.removeprefix("kit."))) if "lib" in m.name else m
        for m in graph.modules
    )
    graph = msgspec.structs.replace(graph, modules=named)
    services = {"one": ("kit.lib.deep.core", "kit.run"), "two": ("c",)}
    tree = emit(blueprint_of(graph, services), graph, {path: text.encode() for path, text in sources.items()})

    said = run_in(tmp_path, tree, "one", "import kit.run, kit.lib.deep.core as c; print(kit.run.go(), c.name())")

    assert (said.returncode, said.stdout) == (0, "lib.deep lib.deep\n"), said.stderr


@pytest.mark.parametrize(
    ("line", "use", "said"),
    [
        ("from utils import loud", "loud.x()", "loud"),
        ("from utils import TOP", "TOP", "top"),
        ("from utils import text", "text.x()", "text"),
    ],
)
def test_of_two_packages_of_one_name_the_one_that_has_what_is_taken_is_meant(tmp_path, line, use, said):
    sources = {
        "work/__init__.py": "",
        "work/prep.py": f"{line}\n\n\ndef f():\n    return {use}\n",
        "work/utils/__init__.py": "",
        "work/utils/text.py": "def x():\n    return 'text'\n",
        "utils/__init__.py": "TOP = 'top'\n",
        "utils/loud.py": "def x():\n    return 'loud'\n",
        "c.py": "def g():\n    return 1\n",
    }
    tree = emitted(
        sources, {"one": ("work.prep", "utils", "utils.loud", "work.utils.text", "work.utils"), "two": ("c",)}
    )

    done = run_in(tmp_path, tree, "one", "import work.prep; print(work.prep.f())")

    assert (done.returncode, done.stdout) == (0, f"{said}\n"), done.stderr
