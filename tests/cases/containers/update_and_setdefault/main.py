def a():
    pass


def b():
    pass


def c():
    pass


table = {}
table.update({"a": a})
table.update(b=b)
table.setdefault("c", c)
table["a"]()
table["b"]()
table["c"]()
