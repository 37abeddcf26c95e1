MODELS = {}


def register(name):
    def add(cls):
        MODELS[name] = cls
        return cls

    return add


@register("linear")
class Linear:
    def __init__(self, size=1):
        self.size = size

    def fit(self):
        pass


@register("tree")
class Tree:
    def fit(self):
        pass


def create(name):
    return MODELS[name]()


create("linear").fit()
create("tree").fit()
