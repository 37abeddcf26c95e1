class Meta(type):
    table = {}

    def __new__(mcs, name, bases, body):
        cls = super().__new__(mcs, name, bases, body)
        mcs.table[name.lower()] = cls
        return cls


class Model(metaclass=Meta):
    def fit(self):
        return self.solve()


class Ridge(Model):
    def solve(self):
        return "ridge"


class Lasso(Model):
    def solve(self):
        return "lasso"


def create(name):
    return Meta.table[name]()


def main(name):
    return create(name).fit()


main("ridge")
main("lasso")
