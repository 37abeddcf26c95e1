import models  # noqa: F401
from registry import LOSSES, MODELS


def main():
    model = MODELS.build({"type": "ResNet", "depth": 50})
    loss = LOSSES.build(dict(type="mse"))
    return loss(model.predict(1), 2)


main()
