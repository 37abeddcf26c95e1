from metaflow import FlowSpec, Parameter, step


class TrainFlow(FlowSpec):
    lr = Parameter("lr", default=0.1)

    @step
    def start(self):
        self.rows = load()
        self.next(self.train)

    @step
    def train(self):
        self.model = self.fit(self.rows)
        self.next(self.end)

    def fit(self, rows):
        return rows

    @step
    def end(self):
        report(self.model)


def load():
    return [1]


def report(model):
    print(model)


if __name__ == "__main__":
    TrainFlow()
