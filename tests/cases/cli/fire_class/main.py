import fire


class Tool:
    def __init__(self, root="."):
        self.root = root

    def train(self):
        return self._load()

    def score(self):
        return self._load()

    def _load(self):
        return self.root


if __name__ == "__main__":
    fire.Fire(Tool)
