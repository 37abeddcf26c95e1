"""Figures of interfaces, each against an example worked by hand."""

from math import isclose

from decompose.cluster import interfaces

# published: s1 gives a (to e); s2 gives c2 and d (to a and b)
SERVICES = {"s1": ("a", "b"), "s2": ("c2", "d", "e")}
CALLS = {("a", "b"): 5.0, ("a", "c2"): 2.0, ("b", "d"): 1.0, ("e", "a"): 3.0, ("d", "e"): 1.0, ("x", "a"): 9.0}


def test_published() -> None:
    assert interfaces.published(SERVICES, CALLS) == {"s1": ("a",), "s2": ("c2", "d")}


def test_operation_and_interaction_number() -> None:
    assert interfaces.operation_number(SERVICES, CALLS) == 3
    assert interfaces.interaction_number(SERVICES, CALLS) == 2 + 1 + 3


def test_interface_classes() -> None:
    assert interfaces.interface_classes(SERVICES, CALLS, {"c2": "C", "d": "C", "a": "A"}) == (1 + 1) / 2


def test_message_cohesion() -> None:
    messages = {"c2": (("x", "y"), ("int",)), "d": (("x",), ("int",))}

    # s1 publishes one operation: 1; s2: (1/2 + 1) / 2
    assert isclose(interfaces.message_cohesion(SERVICES, CALLS, messages), (1 + 0.75) / 2)


def test_domain_cohesion() -> None:
    terms = {"c2": ("load", "model"), "d": ("load", "data")}

    assert isclose(interfaces.domain_cohesion(SERVICES, CALLS, terms), (1 + 1 / 3) / 2)


def test_nothing_published_is_zero() -> None:
    assert interfaces.message_cohesion({"s": ("a",)}, {}, {}) == 0.0
    assert interfaces.interface_classes({}, {}, {}) == 0.0
