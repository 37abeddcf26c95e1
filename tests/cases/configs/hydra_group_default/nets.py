class Mlp:
    def __init__(self, width):
        self.width = width

    def fit(self, epochs):
        return self.width * epochs


class Cnn:
    def __init__(self, depth):
        self.depth = depth

    def fit(self, epochs):
        return self.depth
