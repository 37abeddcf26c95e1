"""Which web application a service answers with."""

from __future__ import annotations

import re

import pytest
from tests.unit.scaffold.monoliths import blueprint_of

import decompose
from decompose.scaffold import emit

ROUTE = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/x')\ndef x():\n    return 1\n"
FACTORY = (
    "from fastapi import FastAPI\nimport routes\n\n\ndef create({0}):\n    app = FastAPI()\n"
    "    app.include_router(routes.router)\n    return app\n"
)
TOOL = FACTORY.replace("create({0})", "build()") + "\n\nif __name__ == '__main__':\n    {0}\n"
SHOWS, SERVES = "print(build().openapi())", "import uvicorn\n    uvicorn.run(build())"


@pytest.fixture
def emitted(tmp_path):
    return lambda **files: _emitted(tmp_path, files)


def _emitted(folder, files):
    sources = {
        f"{name}.py": text for name, text in {"routes": ROUTE, "other": "def f():\n    return 1\n", **files}.items()
    }
    for path, text in sources.items():
        (folder / path).write_text(text)
    graph = decompose.analyze(folder)
    blueprint = blueprint_of(graph, {"web": ("routes", *files), "rest": ("other",)})
    tree = emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})
    (found,) = re.findall(r'^    web="(.*)",$', tree.text("services/web/app.py"), re.MULTILINE)
    return found, [str(f.span) for f in tree.findings if f.code == "DC506"]


def test_the_application_of_a_script_that_only_describes_it_is_not_the_services(emitted):
    assert emitted(a_tool=TOOL.format(SHOWS), shop=FACTORY.format("")) == ("shop:create", [])


def test_the_application_of_a_script_that_lets_it_answer_is(emitted):
    assert emitted(a_tool=TOOL.format(SERVES)) == ("a_tool:build", [])


def test_an_application_that_only_the_code_can_make_is_named(emitted):
    assert emitted(shop=FACTORY.format("config"), tool=TOOL.format(SHOWS)) == ("", ["shop.py:5"])


def test_an_application_that_a_module_makes_with_arguments_is_the_services(emitted):
    assert emitted(shop=FACTORY.format("config"), wsgi="from shop import create\n\napp = create(1)\n") == (
        "wsgi:app",
        [],
    )
