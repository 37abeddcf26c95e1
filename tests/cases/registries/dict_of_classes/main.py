import json


class Ridge:
    def __init__(self, alpha):
        self.alpha = alpha

    def fit(self, X):
        return self


class Boosting:
    def __init__(self, depth):
        self.depth = depth

    def fit(self, X):
        return self


TABLE = {"ridge": Ridge, "boosting": Boosting}


def build(config):
    return TABLE[config["name"]](**config["args"])


def train(path):
    model = build(json.loads(path))
    return model.fit([1])


train('{"name": "ridge", "args": {"alpha": 1}}')
