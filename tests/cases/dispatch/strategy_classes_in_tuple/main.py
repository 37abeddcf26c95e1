def penalty(alpha):
    return alpha * 2


class Ridge:
    def __init__(self):
        self.alpha = 1

    def score(self, x):
        return penalty(self.alpha)


class Lasso:
    def score(self, x):
        return 0


def best(x):
    return max((cls() for cls in (Ridge, Lasso)), key=lambda s: s.score(x))


best(1)
