def to_row(payload):
    return [payload["x"]]


class Service:
    def __init__(self, path):
        self.path = path
        self._model = None

    def _load(self):
        if self._model is None:
            self._model = open(self.path)
        return self._model

    def predict(self, payload):
        return self._load(), to_row(payload)
