class Rule:
    def check(self, row):
        return True


class NotNull(Rule):
    def check(self, row):
        return row is not None


class Range(Rule):
    def check(self, row):
        return inside(row)


def inside(row):
    return 0 < row < 9


class Validator:
    def __init__(self):
        self.rules = []
        self.by_name = {}

    def add(self, name, rule):
        self.rules.append(rule)
        self.by_name[name] = rule

    def active(self):
        for rule in self.rules:
            yield rule

    def run(self, row):
        return [rule.check(row) for rule in self.active()]

    def one(self, name, row):
        return self.by_name[name].check(row)


validator = Validator()
validator.add("null", NotNull())
validator.add("range", Range())
validator.run(1)
validator.one("null", 1)
validator.one("range", 1)
