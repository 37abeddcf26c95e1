def inner():
    return 1


def outer():
    one = lambda: inner()
    two = lambda: one()
    return two


first = lambda: outer()
second = lambda f: f()
second(first)()
