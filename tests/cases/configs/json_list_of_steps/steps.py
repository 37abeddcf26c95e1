def clean(rows):
    return [row for row in rows if row]


def scale(rows, k):
    return [one(row, k) for row in rows]


def one(row, k):
    return row * k


def drop(rows):
    return []


STEPS = {"clean": clean, "scale": scale, "drop": drop}
