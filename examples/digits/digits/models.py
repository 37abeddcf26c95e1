"""The networks, found by name through a registry."""

import torch
from torch import nn

MODELS = {}


def register(name):
    def wrap(cls):
        MODELS[name] = cls
        return cls

    return wrap


class Classifier(nn.Module):
    """What every network here can do."""

    def __init__(self, classes: int = 10):
        super().__init__()
        self.classes = classes

    def probabilities(self, images: torch.Tensor) -> torch.Tensor:
        """Return class probabilities `(n, classes)` for images `(n, 1, 8, 8)`."""
        self.eval()
        with torch.no_grad():
            return torch.softmax(self(images), dim=1)

    @property
    def size(self) -> int:
        return sum(weight.numel() for weight in self.parameters())


@register("cnn")
class SmallCNN(Classifier):
    def __init__(self, channels: int = 16, hidden: int = 48, classes: int = 10):
        super().__init__(classes)
        self.features = nn.Sequential(
            nn.Conv2d(1, channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(channels, channels * 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(channels * 2 * 4, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, images):
        return self.head(self.features(images))


@register("mlp")
class MLP(Classifier):
    def __init__(self, hidden: int = 64, classes: int = 10):
        super().__init__(classes)
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, images):
        return self.layers(images)


def build(name: str, **settings) -> Classifier:
    if name not in MODELS:
        raise KeyError(f"no model {name!r}; known: {', '.join(sorted(MODELS))}")
    return MODELS[name](**settings)
