def parse(x):
    return int(x)


def keep(x):
    return x > 1


values = list(map(parse, ["1", "2"]))
kept = list(filter(keep, values))
