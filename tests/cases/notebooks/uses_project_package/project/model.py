class Net:
    def __init__(self, width):
        self.width = width

    def fit(self, rows):
        for row in rows:
            self.step(row)

    def step(self, row):
        pass

    def predict(self, x):
        return x * self.width
