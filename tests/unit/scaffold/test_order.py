"""Circles of imports: every process enters them where the monolith does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit

PACKAGE = {
    "lab/__init__.py": "'''The lab.'''\n\nfrom .front import Front\nfrom .data import Store\n",
    "lab/front.py": "from lab import settings\nfrom lab import data\n\n\nclass Front:\n    kept = data.Store, settings\n",
    "lab/settings/__init__.py": "from .config import Config\n",
    "lab/settings/config.py": (
        "from lab import settings\nfrom lab import tools\n\n\nclass Config:\n    log = tools.make_log('x')\n\n\n"
        "def defaults():\n    return settings\n"
    ),
    "lab/tools/__init__.py": "from .check import checked\nfrom .output import make_log\n",
    "lab/tools/check.py": "from lab import settings\n\n\ndef checked(x):\n    return isinstance(x, settings.Config)\n",
    "lab/tools/output.py": "def make_log(name):\n    return name\n",
    "lab/data/__init__.py": "from .store import Store\n",
    "lab/data/store.py": (
        "from lab import tools\nfrom lab import settings\n\n\nclass Store:\n    log = tools.make_log('y'), settings\n\n"
        "    def ok(self):\n        return tools.checked(self)\n"
    ),
    "lab/fit.py": "from lab.data import Store\n\n\ndef fit():\n    return Store.log[0]\n",
}
"""`lab.tools` needs `lab.settings` half run, `lab.settings` needs `lab.tools` whole: only one way into the circle works."""
FLAT = {
    "main.py": "import alpha\nimport beta\n\nprint(alpha.first(), beta.second())\n",
    "alpha.py": "import zeta\n\n\ndef first():\n    return zeta.BASE\n",
    "beta.py": "def second():\n    import core\n    return core.plus(1)\n",
    "core.py": (
        "from zeta import BASE\n\n\ndef plus(x):\n    return x + BASE\n\n\n"
        "def top():\n    import zeta\n    return zeta.TOP\n"
    ),
    "zeta.py": "BASE = 1\n\nimport core\n\nTOP = core.plus(1)\n",
}
"""Importing `core` first finds `zeta` asking for `core.plus` before it is there; `zeta` first works."""

_RUN = """
import ast, sys
from pathlib import Path
from service_runtime.modules import SourceFinder, install
app = Path(sys.argv[1])
made = {n.targets[0].id: n.value for n in ast.parse(app.read_text()).body if isinstance(n, ast.Assign)}
given = {k.arg: k.value for k in made["SERVICE"].keywords}
install(SourceFinder(app.parent / "src", ast.literal_eval(made["MODULES"]), (), Path.cwd()),
        *(ast.literal_eval(given[name]) if name in given else None for name in ("renamed", "aliases")))
for name in ("startup", "preload"):
    for module in ast.literal_eval(given[name]) if name in given else ():
        __import__(module)
for statement in sys.argv[2:]:
    exec(statement)
"""


def started(tmp_path, sources, services, name, *statements, shared=()):
    """Return what a service says whose modules are loaded as when it starts."""
    graph = graph_of(sources)
    tree = emit(blueprint_of(graph, services, shared=shared), graph, {p: t.encode() for p, t in sources.items()})
    return run_in(tmp_path, tree, name, *statements)


def run_in(tmp_path, tree, name, *statements, cwd=None):
    """Return what a service of a generated tree says that runs some statements after its start."""
    for path, content in tree.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    path = os.pathsep.join(str(folder) for folder in (tmp_path / "packages").glob("*/src"))
    app = tmp_path / "services" / name / "app.py"
    command = [sys.executable, "-c", _RUN, str(app), *statements]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, cwd=cwd, capture_output=True, text=True, check=False
    )


def test_a_circle_of_a_package_is_entered_where_the_monolith_enters_it_although_the_way_in_was_cut(tmp_path):
    services = {"front": ("lab.front",), "store": ("lab.data.store", "lab.fit")}

    said = started(tmp_path, PACKAGE, services, "store", "import lab.fit; print(lab.fit.fit())")

    assert (said.returncode, said.stdout) == (0, "y\n"), said.stderr
    text = (tmp_path / "services/store/src/lab/__init__.py").read_text()
    assert "import lab.settings as _settings_first" in text


def test_a_circle_that_was_entered_through_what_is_a_facade_now_is_entered_from_the_facade(tmp_path):
    services = {"front": ("lab.front",), "fit": ("lab.fit", "lab.tools.check", "lab.tools.output")}
    sources = {
        **PACKAGE,
        "lab/fit.py": PACKAGE["lab/fit.py"] + "\n\ndef show():\n    from lab import Front\n    return Front\n",
    }

    said = started(tmp_path, sources, services, "fit", "import lab.fit; print(lab.fit.show().__name__)")

    assert (said.returncode, said.stdout) == (0, "Front\n"), said.stderr
    assert "import lab.settings as _settings_first" in (tmp_path / "services/fit/src/lab/front.py").read_text()


def test_a_circle_of_modules_in_no_package_is_entered_before_all_else(tmp_path):
    said = started(
        tmp_path, FLAT, {"one": ("core", "beta"), "two": ("alpha",)}, "one", "import core; print(core.plus(2))"
    )

    assert (said.returncode, said.stdout) == (0, "3\n"), said.stderr
    assert "startup=('zeta',)" in (tmp_path / "services/one/app.py").read_text().replace('"', "'")


@pytest.mark.parametrize(
    "text", ["from lab import settings\n", "def late():\n    from lab import settings\n    return settings\n"]
)
def test_where_no_circle_is_entered_wrongly_nothing_is_imported_for_order(tmp_path, text):
    sources = {
        "lab/__init__.py": "from .settings import LEVEL\n\n\ndef level():\n    return LEVEL\n",
        "lab/settings.py": "LEVEL = 3\n",
        "lab/tools.py": text + "\n\ndef use():\n    return 1\n",
        "lab/other.py": "from lab.tools import use\n\n\ndef go():\n    return use()\n",
    }

    said = started(tmp_path, sources, {"one": ("lab.tools",), "two": ("lab.other",)}, "one", "import lab.tools")

    assert said.returncode == 0, said.stderr
    assert not [p for p in tmp_path.rglob("*.py") if "_first  #" in p.read_text()]
    assert "startup" not in (tmp_path / "services/one/app.py").read_text()
