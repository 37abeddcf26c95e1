"""Functions in what is sent: by name where the receiver has them, else the sender's or the owner's is asked."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types

import pytest
from service_runtime import allowlist
from service_runtime.values import Decoder, Encoder
from service_runtime.wire import pack, unpack
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit

TEXT = """
import dataclasses


def soft(x):
    return x + 1


def hard(x):
    return x - 1


def pick(x, by=soft):
    return by(x)


@dataclasses.dataclass
class Layer:
    act: object = soft

    def run(self, x):
        return self.act(x)
"""


@pytest.fixture
def layer(monkeypatch):
    """A module of shared code, whose functions not every process has."""
    made = types.ModuleType("layer")
    monkeypatch.setitem(sys.modules, "layer", made)
    exec(TEXT, made.__dict__)
    names = {f"layer:{name}" for name in ("soft", "hard", "pick")}
    monkeypatch.setattr(allowlist, "_functions", dict.fromkeys(names, ""))
    monkeypatch.setattr(allowlist, "_scattered", names)
    monkeypatch.setattr(allowlist, "_classes", {"layer:Layer"})
    return made


def nested(step):
    def add(x):
        return x + step

    return add


def sent(value):
    encoder = Encoder()
    content_type, chunks = pack(encoder.encode(value), encoder.parts)
    return content_type, b"".join(bytes(chunk) for chunk in chunks)


def received(message):
    tree, parts = unpack(*message)
    return Decoder(parts).decode(tree)


KINDS = {
    "itself": (lambda m: m.soft, lambda f: f(1), 2),
    "in a list": (lambda m: [m.hard, m.soft], lambda f: [g(1) for g in f], [0, 2]),
    "in a dictionary": (lambda m: {"soft": m.soft}, lambda f: f["soft"](1), 2),
    "in a tuple of a dictionary": (lambda m: {"all": (m.soft, m.hard)}, lambda f: f["all"][1](1), 0),
    "field of a data class": (lambda m: m.Layer(m.hard), lambda f: f.act(1), 0),
    "default of a field": (lambda m: m.Layer(), lambda f: f.act(1), 2),
    "default of an argument": (lambda m: m.pick, lambda f: f(1), 2),
    "partial": (lambda m: functools.partial(m.pick, by=m.hard), lambda f: f(1), 0),
    "bound method": (lambda m: m.Layer(m.soft).run, lambda f: f(1), 2),
    "lambda": (lambda m: lambda x: x * 6, lambda f: f(1), 6),
    "nested function": (lambda m: nested(5), lambda f: f(1), 6),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_works_whether_or_not_the_receiver_has_it(layer, kind):
    make, use, expected = KINDS[kind]
    value = make(layer)

    assert use(received(sent(value))) == expected
    message = sent(value)
    for name in ("soft", "hard"):
        delattr(layer, name)
    assert use(received(message)) == expected


def test_one_that_the_receiver_has_is_its_own(layer):
    message = sent(layer.soft)
    layer.soft.__code__ = (lambda x: x + 100).__code__
    exec("def soft(x):\n    return 'here'\n", layer.__dict__)

    assert received(message)(1) == "here"


def test_one_that_a_service_runs_is_asked_there_when_the_module_was_cut(layer, monkeypatch):
    asked = []
    client = types.SimpleNamespace(function=lambda key: asked.append(key) or (lambda x: -x))
    monkeypatch.setattr("service_runtime.client.client_of", lambda service: asked.append(service) or client)
    monkeypatch.setattr(allowlist, "_functions", {"layer:soft": "maths"})
    monkeypatch.setattr(allowlist, "_scattered", set())
    message = sent(layer.soft)
    del layer.soft

    assert received(message)(3) == -3
    assert asked == ["maths", "layer:soft"]


def test_one_that_nobody_can_be_asked_for_is_refused(layer, monkeypatch):
    monkeypatch.setattr(allowlist, "_scattered", set())
    message = sent(layer.soft)
    del layer.soft

    with pytest.raises(Exception, match="soft"):
        received(message)


def test_a_class_is_a_data_class(layer):
    assert dataclasses.is_dataclass(layer.Layer)


SOURCES = {
    "acts.py": "import heavy\n\n\ndef soft(x):\n    return x + 1\n\n\ndef hard(x):\n    return x - 1\n",
    "light.py": "def twice(x):\n    return 2 * x\n\n\ndef thrice(x):\n    return 3 * x\n",
    "one.py": "import heavy\nfrom acts import soft\nfrom light import thrice, twice\n\n\ndef f(g):\n    return g(1)\n\n\n"
    "def table():\n    return {'soft': soft, 'twice': twice, 'thrice': thrice(2)}\n",
    "two.py": "from one import f\n\n\ndef h(g):\n    return f(g)\n",
}


def made():
    graph = graph_of(SOURCES)
    blueprint = blueprint_of(graph, {"one": ("one",), "two": ("two",)}, ("acts", "light"))
    return emit(blueprint, graph, {path: text.encode() for path, text in SOURCES.items()})


def test_what_is_handed_on_by_name_is_carried_where_its_libraries_are():
    tree = made()

    assert "def twice(x)" in tree.text("services/two/src/light.py")
    assert "services/two/src/acts.py" not in tree.files


def test_the_contract_names_what_not_every_service_has():
    text = made().text("packages/contracts/src/service_contracts/__init__.py")
    scattered = text.partition("SCATTERED = (")[2].partition(")")[0]

    assert '"acts:soft"' in scattered
    assert '"light:twice"' not in scattered


def test_a_module_below_a_package_is_there_when_it_is_read_through_the_package():
    sources = {
        "pkg/__init__.py": "from .deep import KEY, connect\nfrom .other import unused\n",
        "pkg/deep.py": "KEY = 1\n\n\ndef connect():\n    return KEY\n\n\ndef extra():\n    return 2\n",
        "pkg/other.py": "def unused():\n    return 3\n",
        "one.py": "import pkg\n\n\ndef f():\n    return pkg.deep.connect()\n",
        "two.py": "from one import f\n\n\ndef h():\n    return f()\n",
    }
    graph = graph_of(sources)
    blueprint = blueprint_of(graph, {"one": ("one",), "two": ("two",)}, ("pkg", "pkg.deep", "pkg.other"))

    tree = emit(blueprint, graph, {path: text.encode() for path, text in sources.items()})

    assert "from .deep import KEY" in tree.text("services/one/src/pkg/__init__.py")
    assert "def connect" in tree.text("services/one/src/pkg/deep.py")


def test_no_index_is_asked_for_the_packages_of_the_workspace():
    tree = made()

    for path in ("services/one/pyproject.toml", "packages/contracts/pyproject.toml"):
        lines = [line.strip() for line in tree.text(path).splitlines() if '"service-' in line and "name =" not in line]
        assert lines
        assert all(" @ {root:" in line and ":uri}/" in line for line in lines)
