from dataclasses import dataclass


@dataclass
class Train:
    lr: float

    def run(self):
        return fit(self.lr)


@dataclass
class Evaluate:
    path: str

    def score(self):
        return 1


def fit(lr):
    return lr


def stop():
    return None


def parse(words):
    match words:
        case ["train", lr]:
            return Train(float(lr))
        case ["evaluate", path]:
            return Evaluate(path)
        case _:
            return stop


def execute(command):
    match command:
        case Train():
            return command.run()
        case Evaluate(path=path):
            return command.score()
        case other:
            return other()


for line in ("train 1", "evaluate a", "x"):
    execute(parse(line.split()))
