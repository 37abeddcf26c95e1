from pathlib import Path

import numpy as np
import pytest

from digits.data import load_split
from digits.evaluate import worst_digit
from digits.train import EarlyStopping, run
from digits.utils import load_checkpoint, load_json


@pytest.fixture
def trained(cfg):
    run(cfg)
    return cfg


def test_training_leaves_checkpoint_metrics_and_history(trained):
    assert Path(trained.output.checkpoint).exists()
    assert load_json(trained.output.metrics)["accuracy"] > 0.75
    assert Path(trained.output.history).read_text().startswith("epoch,loss,accuracy")


def test_two_runs_give_the_same_metrics(cfg):
    assert run(cfg) == run(cfg)


def test_early_stopping_waits_and_then_stops():
    stop = EarlyStopping(patience=1)
    assert [stop(loss) for loss in (1.0, 1.0, 1.0)] == [False, False, True]


def test_the_worst_digit_is_found():
    confusion = [[9 if row == column else 0 for column in range(10)] for row in range(10)]
    confusion[4][9] = 5
    assert worst_digit({"confusion": confusion}) == 4


def test_the_predictor_knows_a_digit(trained):
    from digits.serve import Predictor

    split = load_split(trained, "valid")
    ask = Predictor(load_checkpoint(trained.output.checkpoint), top_k=3, unsure_below=0.6, scale=16.0)
    right = [ask.predict(image * 16.0)[0][0] == label for image, label in zip(split.images[:50], split.labels[:50])]
    assert sum(right) > 35


def test_a_wrong_shape_is_told(trained):
    from digits.serve import Predictor

    ask = Predictor(load_checkpoint(trained.output.checkpoint), top_k=3, unsure_below=0.6, scale=16.0)
    with pytest.raises(ValueError, match="8 x 8"):
        ask.predict(np.zeros((4, 4), dtype="float32"))


def test_the_app_answers(trained):
    from fastapi.testclient import TestClient

    from digits.serve import app, predictor

    predictor.cache_clear()
    client = TestClient(app)
    assert client.get("/health").json() == {"status": "ok"}
    answer = client.post("/predict", json={"pixels": [[0.0] * 8] * 8}).json()
    assert len(answer["guesses"]) == 3
    assert client.post("/predict", json={"pixels": [[0.0] * 4] * 4}).status_code == 422
    assert client.get("/metrics").json()["weights"] > 0
