class Rule:
    def __call__(self, value):
        raise NotImplementedError


class Short(Rule):
    def __call__(self, value):
        return len(value) < 5


class All(Rule):
    def __init__(self, *rules: Rule):
        self.rules = rules

    def __len__(self):
        return len(self.rules)

    def __call__(self, value):
        return all(rule(value) for rule in self.rules)


def check(rule: Rule, value):
    return bool(rule) and rule(value)


check(input(), "x")
