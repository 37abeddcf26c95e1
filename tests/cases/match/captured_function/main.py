def double(x):
    return 2 * x


def apply(pair):
    match pair:
        case [function, value]:
            return function(value)


apply((double, 3))
