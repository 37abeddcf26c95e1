def build_features(rows):
    return [scale(row) for row in rows]


def scale(row):
    return row * 2
