import pytest
import torch

from digits.config import instantiate, load_config
from digits.models import MODELS, build


@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_probabilities_add_up_to_one(name):
    chances = build(name).probabilities(torch.zeros(4, 1, 8, 8))
    assert tuple(chances.shape) == (4, 10)
    assert torch.allclose(chances.sum(dim=1), torch.ones(4))


def test_the_registry_knows_both():
    assert sorted(MODELS) == ["cnn", "mlp"]
    with pytest.raises(KeyError, match="resnet"):
        build("resnet")


def test_the_configuration_names_the_class():
    assert type(instantiate(load_config(["model=mlp"]).model)).__name__ == "MLP"
    assert type(instantiate(load_config().model)).__name__ == "SmallCNN"


def test_overrides_win():
    assert load_config(["epochs=1", "optimizer=sgd"]).optimizer.momentum == 0.9
    assert load_config(["data.scale=1.0"]).data.scale == 1.0
