from metaflow import FlowSpec, step


class Training(FlowSpec):
    @step
    def start(self):
        self.rows = load()
        self.next(self.train)

    @step
    def train(self):
        self.model = fit(self.rows)
        self.next(self.end)

    @step
    def end(self):
        pass


def load():
    return []


def fit(rows):
    return len(rows)


if __name__ == "__main__":
    Training()
