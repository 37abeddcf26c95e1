def load():
    return split([1, 2])


def split(rows):
    return rows
