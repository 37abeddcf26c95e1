def cross_entropy(p, y):
    return p - y


def hinge(p, y):
    return max(0, 1 - p * y)
