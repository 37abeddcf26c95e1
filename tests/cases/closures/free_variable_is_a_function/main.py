def double(x):
    return 2 * x


def negate(x):
    return -x


def compose(outer, inner):
    def composed(x):
        return outer(inner(x))

    return composed


compose(double, negate)(3)
