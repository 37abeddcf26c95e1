"""Symbols that configuration files name are reached from code that fetches them by a name it does not know."""

from collections.abc import Callable

from decompose.graph.configured import names_by_key
from decompose.ir.facts import ConfigFact
from decompose.ir.graph import CodeGraph

NETS = """
    class Small:
        def __init__(self): ...
        def run(self): ...

    class Large:
        def __init__(self): ...
        def run(self): ...
"""
BUILDER = """
    from importlib import import_module

    def build(config):
        module, name = config["_target_"].rsplit(".", 1)
        return getattr(import_module(module), name)()
"""
Linked = Callable[..., CodeGraph]


def calls_into(graph: CodeGraph, module: str) -> dict[str, str]:
    return {e.target: e.confidence for e in graph.edges if e.kind == "call" and e.target.startswith(f"{module}:")}


def test_edges_to_named_symbols_are_possible(linked: Linked) -> None:
    graph = linked({"nets.py": NETS, "main.py": BUILDER}, {"a.yaml": {"model": {"_target_": "nets.Small"}}})

    assert calls_into(graph, "nets") == {"nets:Small.__init__": "possible"}


def test_other_keys_and_names_of_nothing_lead_nowhere(linked: Linked) -> None:
    config = {"see": "nets.Large", "_target_": "nets.Absent", "list": [{"_target_": "nets.csv"}]}
    graph = linked({"nets.py": NETS, "main.py": BUILDER}, {"a.yaml": config})

    assert calls_into(graph, "nets") == {}


def test_a_name_on_an_object_is_not_a_symbol_of_a_module(linked: Linked) -> None:
    main = """
        import torch

        def build(config, thing):
            getattr(torch.nn, config["_target_"])()
            getattr(thing, config["_target_"])()
    """
    graph = linked({"nets.py": NETS, "main.py": main}, {"a.yaml": {"_target_": "nets.Small"}})

    assert calls_into(graph, "nets") == {}


def test_a_known_mapping_decides_alone(linked: Linked) -> None:
    main = BUILDER + '\n    build({"_target_": "nets.Large"})\n'
    graph = linked({"nets.py": NETS, "main.py": main}, {"a.yaml": {"_target_": "nets.Small"}})

    assert calls_into(graph, "nets") == {"nets:Large.__init__": "certain"}


def test_a_direct_call_stays_certain(linked: Linked) -> None:
    main = BUILDER + "\n    from nets import Small\n\n    def both(config):\n        return Small(), build(config)\n"
    graph = linked({"nets.py": NETS, "main.py": main}, {"a.yaml": {"_target_": "nets.Small"}})

    found = {(e.source, e.confidence) for e in graph.edges if e.kind == "call" and e.target == "nets:Small.__init__"}
    assert found == {("main:both", "certain"), ("main:build", "possible")}


def test_names_are_gathered_by_key() -> None:
    config = ConfigFact("a.yaml", "", "yaml", {"x": [{"type": "a.B"}, {"type": "c:D"}], "type": "plain", "n": "1.5"})

    assert names_by_key([config]) == {"type": ("a.B", "c.D")}
