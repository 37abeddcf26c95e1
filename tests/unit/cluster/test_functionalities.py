"""Figures of functionalities, each against an example worked by hand."""

from math import isclose

from decompose.cluster import functionalities

ENTITIES = {"s1": ("A", "B"), "s2": ("C", "D")}
ORDER = (("A", "read"), ("B", "write"), ("C", "write"), ("A", "read"))
STOCK = (("C", "read"), ("A", "write"))
LOCAL = (("C", "read"), ("D", "read"))
ALL = {"order": ORDER, "stock": STOCK, "local": LOCAL}


def test_local_transactions() -> None:
    service = {"A": "s1", "B": "s1", "C": "s2"}

    found = functionalities.local_transactions(service, [*ORDER, ("Z", "read")])

    assert found == [[("A", "read"), ("B", "write")], [("C", "write")], [("A", "read")]]


def test_functional_cohesion() -> None:
    # s1: order uses 2 of 2, stock 1 of 2; s2: order 1 of 2, stock 1 of 2, local 2 of 2
    assert isclose(functionalities.functional_cohesion(ENTITIES, ALL), (0.75 + (0.5 + 0.5 + 1) / 3) / 2)


def test_functional_coupling() -> None:
    # s1 goes on to C (1 of 2); s2 goes on to A (1 of 2)
    assert isclose(functionalities.functional_coupling(ENTITIES, ALL), (0.5 + 0.5) / 2)
    assert functionalities.functional_coupling({"s": ("A", "B")}, ALL) == 0.0


def test_migration_complexity() -> None:
    # distributed: order (3 transactions), stock (2). order: [A read, B write] meets stock's A write, [C write] its
    # C read, [A read] its A write: 3. stock: [C read] meets order's C write, [A write] its A read: 2. local: 0
    assert isclose(functionalities.migration_complexity(ENTITIES, ALL), (3 + 2) / 3)


def test_hops() -> None:
    assert isclose(functionalities.hops(ENTITIES, ALL), (2 + 1 + 0) / 3)


def test_team_size_reduction() -> None:
    authors = {"A": ("ann",), "B": ("ann", "bob"), "C": ("cy",)}

    assert isclose(functionalities.team_size_reduction(ENTITIES, authors), (2 + 1) / 2 / 3)
    assert functionalities.team_size_reduction(ENTITIES, {}) == 0.0
