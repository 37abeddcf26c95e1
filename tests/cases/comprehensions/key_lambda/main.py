def score(item):
    return item[1]


ranked = sorted([("a", 2), ("b", 1)], key=lambda item: score(item))
best = max([("a", 2)], key=score)
