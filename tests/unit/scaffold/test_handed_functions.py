"""Who is given a function of a service may call it; nobody else may."""

from __future__ import annotations

import sys
import types

import pytest
from service_runtime import allowlist
from service_runtime.dispatch import Dispatcher
from service_runtime.wire import pack, unpack


@pytest.fixture
def ask(monkeypatch):
    """Return a call of a function of service `one`, as some caller: status and result."""
    made = types.ModuleType("handing")
    exec("def pick():\n    return picked\n\n\ndef picked(x):\n    return x + 1\n", made.__dict__)
    monkeypatch.setitem(sys.modules, "handing", made)
    monkeypatch.setattr(allowlist, "_functions", {"handing:pick": "one", "handing:picked": "one"})
    monkeypatch.setattr(allowlist, "_handed", {})
    dispatcher = Dispatcher("one", symbols={"handing:pick": ("two", "three"), "handing:picked": ()})

    def call(caller, name, *args):
        content_type, chunks = pack({"do": "function", "class": f"handing:{name}", "args": args}, [])
        reply = dispatcher.answer("/objects", caller, content_type, b"".join(map(bytes, chunks)))
        if reply.status != 200:
            return reply.status, None
        return 200, unpack(reply.content_type, b"".join(map(bytes, reply.chunks)))[0]["result"]

    return call


def test_a_function_that_was_given_away_may_be_called(ask):
    assert ask("two", "picked", 1) == (403, None)

    status, given = ask("two", "pick")

    assert (status, given["c"]) == (200, "handing:picked")
    assert ask("two", "picked", 1) == (200, 2)


def test_it_is_given_to_the_caller_alone(ask):
    ask("two", "pick")

    assert ask("three", "picked", 1) == (403, None)
    assert ask("four", "pick") == (403, None)
