class Context(dict):
    def require(self, name):
        return self[name]


class Pipeline:
    def __init__(self, name):
        self.name = name
        self.steps = []

    def add(self, name, function, **options):
        self.steps.append((name, function, options))
        return self

    def run(self):
        context = Context()
        for name, function, options in self.steps:
            context[name] = function(context, **options)
        return context


def ingest(context, path):
    return path


def train(context, lr=0.1):
    return fit(context.require("ingest"), lr)


def fit(data, lr):
    return data


def unused(context):
    return context


def build():
    return Pipeline("p").add("ingest", ingest, path="a").add("train", train)


build().run()
