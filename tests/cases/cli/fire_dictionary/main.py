import fire


class Pipeline:
    def __init__(self, root="."):
        self.root = root

    def ingest(self):
        return self._read()

    def _read(self):
        return self.root


def train(lr=0.1):
    return step(lr)


def step(lr):
    return lr


if __name__ == "__main__":
    fire.Fire({"train": train, "pipeline": Pipeline})
