from functools import cmp_to_key, partial


def compare(a, b):
    return weight(a) - weight(b)


def weight(x):
    return x["w"]


def by(field, row):
    return row[field]


def rank(rows):
    rows = sorted(rows, key=cmp_to_key(compare))
    rows.sort(key=partial(by, "w"), reverse=True)
    return max(rows, key=weight)


rank([{"w": 1}, {"w": 2}])
