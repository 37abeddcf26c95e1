from dataclasses import dataclass, replace


class Sgd:
    def step(self):
        pass


class Adam:
    def step(self):
        pass


@dataclass(frozen=True)
class Plan:
    optimizer: object
    epochs: int = 3

    def __post_init__(self):
        check(self.epochs)

    def run(self):
        self.optimizer.step()


def check(epochs):
    assert epochs > 0


def shortened(plan):
    return replace(plan, epochs=1)


plan = Plan(Sgd())
shortened(plan).run()
