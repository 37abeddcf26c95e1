"""What may not part, and what is copied: networks and the functions that they compute with."""

from __future__ import annotations

from graphs import system
from msgspec.structs import replace

from decompose.cluster.constraints import Constraints
from decompose.cluster.contract import atoms, libraries
from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate
from decompose.ir.graph import Signature, TypeGuess

TENSOR = Signature(return_types=(TypeGuess(type="torch.Tensor", confidence="certain", provenance="annotation"),))
EDGES = ("n:Net.forward -> a:soft", "n:Net.forward -> a:log", "t:fit -> n:Net", "p:predict -> n:Net")


def profiled(*edges):
    roles = {"t:fit": "training", "p:predict": "online_inference", "a:soft": "training"}
    graph = system(*edges, roles=roles)
    units = []
    for unit in graph.units:
        if unit.symbol == "n:Net":
            units.append(replace(unit, bases=("torch.nn.Module",)))
        else:
            units.append(replace(unit, signature=TENSOR) if unit.symbol == "a:soft" else unit)
    return profile_system(replace(graph, units=tuple(units)))


def test_a_network_stays_with_what_it_computes_with():
    found = profiled(*EDGES)

    groups = atoms(found, relate(found), ["n:Net", "a:soft", "a:log", "t:fit", "p:predict"], constraints=Constraints())

    assert ("a:soft", "n:Net") in groups
    assert ("a:log",) in groups


def test_who_makes_an_optimizer_stays_with_who_steps_it():
    graph = system("t:fit -> o:chosen", "t:fit -> a:log")
    call = next(edge for edge in graph.edges if edge.target == "a:log")
    makes = replace(call, source="o:chosen", target="external:torch.optim.Adam")
    steps = replace(call, source="t:fit", target="external:torch.optim.Adam.step")
    found = profile_system(replace(graph, edges=(*graph.edges, makes, steps)))

    groups = atoms(found, relate(found), ["t:fit", "o:chosen", "a:log"], constraints=Constraints())

    assert ("o:chosen", "t:fit") in groups
    assert ("a:log",) in groups


def test_a_network_stays_with_what_gives_it_a_function():
    graph = system("n:Net -> a:activation", "n:Net -> a:log")
    given = Signature(
        return_types=(TypeGuess(type="collections.abc.Callable", confidence="certain", provenance="annotation"),)
    )
    kinds = {"n:Net": {"bases": ("torch.nn.Module",), "kind": "class"}, "a:activation": {"signature": given}}
    units = tuple(replace(unit, **kinds.get(unit.symbol, {})) for unit in graph.units)
    found = profile_system(replace(graph, units=units))

    groups = atoms(found, relate(found), ["n:Net", "a:activation", "a:log"], constraints=Constraints())

    assert ("a:activation", "n:Net") in groups
    assert ("a:log",) in groups


def test_what_a_copied_network_computes_with_is_copied():
    found = profiled(*EDGES)

    shared = libraries(found, relate(found), found.profiles)

    assert {"n:Net", "a:soft"} <= shared
    assert "t:fit" not in shared
