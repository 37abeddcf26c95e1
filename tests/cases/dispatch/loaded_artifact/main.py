import tempfile
from pathlib import Path

import joblib


class Bundle:
    def __init__(self, threshold):
        self.threshold = threshold

    def predict(self, rows):
        return [clip(row, self.threshold) for row in rows]


def clip(value, limit):
    return min(value, limit)


def save_object(path, obj):
    joblib.dump(obj, path)


def load_object(path):
    return joblib.load(path)


class Settings:
    def __init__(self, root):
        self.model_path = root / "model.joblib"


def train(settings):
    save_object(settings.model_path, Bundle(0.5))


def score(settings):
    return load_object(settings.model_path).predict([1])


with tempfile.TemporaryDirectory() as folder:
    settings = Settings(Path(folder))
    train(settings)
    score(settings)
