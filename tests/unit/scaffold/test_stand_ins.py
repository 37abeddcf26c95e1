"""What stands for an object of another service passes for one of its class, where that class is loaded."""

from __future__ import annotations

import ast
import asyncio
import collections.abc
import os
import queue
import sys
import threading
import types

import pytest
from service_runtime import context
from service_runtime.client import Client
from service_runtime.proxies import RemoteObject, stand_in
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit


@pytest.fixture
def shelf(monkeypatch):
    """A library's class, and the messages that its stand-ins send."""
    made = types.ModuleType("shelf_of_others")
    exec("class Shelf:\n    def __len__(self):\n        return 3\n\n\nclass Wide(Shelf):\n    pass\n", made.__dict__)
    monkeypatch.setitem(sys.modules, "shelf_of_others", made)
    asked = []
    client = types.SimpleNamespace(ask_object=lambda handle, request: asked.append(request["name"]) or 3, forget=print)
    monkeypatch.setattr("service_runtime.proxies.client_of", lambda at: client)
    monkeypatch.setattr("service_runtime.client.client_of", lambda at: client)
    return made, asked


def standing_for(key, specials=()):
    return stand_in({"at": "elsewhere", "id": f"h-{key}", "c": key, "m": list(specials)})


def test_it_is_an_instance_of_the_class_and_its_bases(shelf):
    module, _ = shelf

    made = standing_for("shelf_of_others:Wide")

    assert isinstance(made, module.Wide)
    assert isinstance(made, module.Shelf)
    assert not isinstance(made, queue.Queue)
    assert isinstance(made, RemoteObject)


def test_special_methods_are_passed_on_all_the_same(shelf):
    module, asked = shelf

    made = standing_for("shelf_of_others:Shelf", ["__len__"])

    assert len(made) == 3
    assert asked == ["__len__"]
    assert isinstance(made, module.Shelf)
    assert isinstance(made, collections.abc.Sized)


def test_a_message_does_not_load_a_module(shelf, monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)

    made = standing_for("wave:Wave_read")

    assert "wave" not in sys.modules
    assert type(made).__name__ == "Wave_read"


def test_what_an_asynchronous_generator_yields_comes_one_by_one(shelf, monkeypatch):
    client = types.SimpleNamespace(ask_object=lambda handle, request: iter(request["args"]), forget=print)
    monkeypatch.setattr("service_runtime.proxies.client_of", lambda at: client)
    made = standing_for("shelf_of_others:Wide")

    async def drawn():
        return [item async for item in made._remote_stream("each", {}, (1, 2))]

    assert asyncio.run(drawn()) == [1, 2]


def test_the_facade_of_an_asynchronous_generator_is_one():
    sources = {
        "chat.py": "class Chat:\n    def __init__(self):\n        self.said = []\n\n"
        "    async def stream(self, text, *, limit=3):\n        for word in text.split():\n            yield word\n",
        "two.py": "from chat import Chat\n\n\ndef h():\n    return Chat()\n",
    }
    graph = graph_of(sources)

    tree = emit(
        blueprint_of(graph, {"one": ("chat",), "two": ("two",)}), graph, {p: t.encode() for p, t in sources.items()}
    )

    text = tree.text("services/two/src/chat.py")
    (method,) = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.AsyncFunctionDef)]
    compile(text, "chat.py", "exec")
    assert "_remote_stream" in ast.unparse(method)
    assert any(isinstance(n, ast.Yield) for n in ast.walk(method))


ASYNCHRONOUS = {
    "chat.py": "class Chat:\n    async def ask(self, text):\n        return text\n\n"
    "    @classmethod\n    async def opened(cls, name):\n        return cls()\n\n"
    "    @staticmethod\n    async def known(name):\n        return name\n\n"
    "    async def __aenter__(self):\n        return self\n",
    "two.py": "from chat import Chat\n\n\ndef h():\n    return Chat()\n",
}


@pytest.fixture
def chat(monkeypatch):
    """The facade of a class with asynchronous methods; its owner answers an `ask` when it is told `go`."""
    graph = graph_of(ASYNCHRONOUS)
    sources = {path: text.encode() for path, text in ASYNCHRONOUS.items()}
    tree = emit(blueprint_of(graph, {"one": ("chat",), "two": ("two",)}), graph, sources)
    gate = threading.Event()
    asked = []

    def answer(*given):
        assert gate.wait(5)
        asked.append(context.session.get())
        return given[-1]["args"] if isinstance(given[-1], dict) else given[1]

    client = types.SimpleNamespace(call_class=answer, ask_object=answer, forget=print)
    client.call_class_async = types.MethodType(Client.call_class_async, client)
    monkeypatch.setattr("service_runtime.proxies.client_of", lambda at: client)
    monkeypatch.setattr("service_runtime.client.client_of", lambda at: client)
    text = tree.text("services/two/src/chat.py").replace("from service_contracts.clients import one as _one\n", "")
    facade = types.ModuleType("chat")
    facade._one = client
    exec(text, facade.__dict__)
    monkeypatch.setitem(sys.modules, "chat", facade)
    return facade.Chat, gate, asked


@pytest.mark.parametrize(
    "ask",
    [
        lambda cls: standing_for("chat:Chat").ask("x"),
        lambda cls: cls.opened("x"),
        lambda cls: cls.known("x"),
        lambda cls: standing_for("chat:Chat", ["__aenter__"]).__aenter__(),
    ],
    ids=["method", "class method", "static method", "special method"],
)
def test_the_event_loop_goes_on_while_an_asynchronous_method_waits_for_its_service(chat, ask):
    cls, gate, asked = chat

    async def together():
        waiting = asyncio.ensure_future(ask(cls))
        await asyncio.sleep(0)
        gate.set()  # nothing comes here while the loop is blocked
        await asyncio.wait_for(waiting, 5)

    asyncio.run(together())

    assert asked == [f"{os.getpid()}-{threading.get_ident()}"]
