"""What a unit weighs."""

from __future__ import annotations

import msgspec
from graphs import system

from decompose.cluster.profile import profile_system


def test_a_body_of_nothing_but_imports_weighs_nothing() -> None:
    graph = system("a:<module> i> b:f", "a:f -> b:f", "c:<module> -> b:f")
    modules = (msgspec.structs.replace(m, statements=int(m.name != "a")) for m in graph.modules)

    held = profile_system(msgspec.structs.replace(graph, modules=tuple(modules)))
    bare = [symbol for symbol, profile in held.profiles.items() if profile.is_bare]

    assert bare == ["a:<module>"]
    assert held.size_of(("a:<module>",)) == 0
    assert held.size_of(("a:f", "a:<module>")) == held.size_of(("a:f",)) == held.profiles["a:f"].size == 1
    assert held.size_of(("c:<module>",)) == held.profiles["c:<module>"].size > 0
