class Predictor:
    def __init__(self, path):
        self.model = self._load(path)

    def _load(self, path):
        return path

    def predict(self, text):
        return self._clean(text)

    @staticmethod
    def _clean(text):
        return text.strip()


predictor = Predictor("m.pkl")
