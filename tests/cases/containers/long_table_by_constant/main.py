def a():
    pass


def b():
    pass


def c():
    pass


def d():
    pass


def e():
    pass


def f():
    pass


def g():
    pass


ROWS = {
    "a": {"run": a, "cost": 1},
    "b": {"run": b, "cost": 2},
    "c": {"run": c, "cost": 3},
    "d": {"run": d, "cost": 4},
    "e": {"run": e, "cost": 5},
    "f": {"run": f, "cost": 6},
    "g": {"run": g, "cost": 7},
}


def one():
    ROWS["f"]["run"]()


def any_of(name):
    ROWS[name]["run"]()


def cheap():
    for row in ROWS.values():
        if row["cost"] < 3:
            row["run"]()


one()
any_of(input())
cheap()
