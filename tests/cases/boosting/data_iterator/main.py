import xgboost as xgb


class Batches(xgb.DataIter):
    def __init__(self, files):
        self.files = files
        self.i = 0
        super().__init__()

    def _load(self):
        return [[1.0]], [1.0]

    def next(self, input_data):
        if self.i == len(self.files):
            return 0
        X, y = self._load()
        input_data(data=X, label=y)
        self.i += 1
        return 1

    def reset(self):
        self.i = 0


def main():
    matrix = xgb.QuantileDMatrix(Batches(["a", "b"]))
    return xgb.train({}, matrix)


main()
