"""A root that is a package itself: its code imports it by its own name."""

from __future__ import annotations

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
