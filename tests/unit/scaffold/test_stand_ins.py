"""What stands for an object of another service passes for one of its class, where that class is loaded."""

from __future__ import annotations

import collections.abc
import queue
import sys
import types

import pytest
from service_runtime.proxies import RemoteObject, stand_in


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
