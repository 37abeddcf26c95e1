"""A root that is a package itself: its code imports it by its own name."""

from __future__ import annotations

import pytest

from decompose.graph.linking import link
from decompose.source.scan import scan

CODE = {
    "lab/__init__.py": "from lab import tools\nfrom lab.core import run\nVERSION = 1\n",
    "lab/core.py": (
        "from lab import VERSION\nfrom lab import tools\nimport lab.tools.out as o\nimport labels\n\n\n"
        "def run():\n    tools.go()\n    return o.out(VERSION), labels.x()\n"
    ),
    "lab/tools/__init__.py": "from lab.tools.out import out\n\n\ndef go():\n    return out(2)\n",
    "lab/tools/out.py": "def out(x):\n    return x\n",
}


def graph_in(folder, root):
    for path, text in CODE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return link(scan(folder / root))


def test_its_own_name_leads_to_its_own_modules(tmp_path):
    graph = graph_in(tmp_path, "lab")

    calls = {(e.source, e.target) for e in graph.edges if e.kind == "call"}
    assert {("core:run", "tools:go"), ("core:run", "tools.out:out"), ("tools:go", "tools.out:out")} <= calls
    assert {name for module in graph.modules for name in module.externals} == {"labels"}
    assert graph.package == "lab"


def test_a_folder_further_in_knows_the_packages_around_it(tmp_path):
    assert graph_in(tmp_path, "lab/tools").package == "lab.tools"
    assert graph_in(tmp_path, ".").package == ""


def externals(folder, sources):
    for path, text in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return {m.name: m.externals for m in link(scan(folder)).modules if m.name.endswith("use")}


USE = "from torchlike import Net\n\n\ndef f():\n    return Net()\n"


@pytest.mark.parametrize(
    ("sources", "is_library"),
    [
        ({"mono/torchlike.py": "from torchlike import Net\nnet = Net()\n", "mono/__init__.py": ""}, True),
        ({"mono/torchlike.py": "import torchlike\nnet = torchlike.Net()\n"}, True),
        ({"mono/torchlike.py": "Net = 1\n", "mono/__init__.py": "", "requirements.txt": "torchlike==1\n"}, True),
        ({"mono/torchlike.py": "Net = 1\n", "mono/__init__.py": ""}, False),
        ({"mono/torchlike.py": "Net = 1\n", "requirements.txt": "torchlike==1\n"}, False),
        (
            {"mono/torchlike/__init__.py": "from torchlike.net import Net\n", "mono/torchlike/net.py": "Net = 1\n"},
            False,
        ),
    ],
)
def test_a_module_with_a_librarys_name_stands_for_it_only_where_python_would_find_it(tmp_path, sources, is_library):
    found = externals(tmp_path, {**sources, "mono/use.py": USE})

    assert found == {"mono.use": ("torchlike",) if is_library else ()}
