class EarlyStopping:
    def __init__(self, patience):
        self.patience = patience
        self.best = None
        self.count = 0

    def __call__(self, loss):
        if self.best is None or loss < self.best:
            self._reset(loss)
            return False
        self.count += 1
        return self.count >= self.patience

    def _reset(self, loss):
        self.best = loss
        self.count = 0


class Logger:
    def __enter__(self):
        self.rows = []
        return self

    def __exit__(self, *error):
        self.flush()

    def log(self, **values):
        self.rows.append(values)

    def flush(self):
        print(self.rows)


def train(epochs, stop):
    with Logger() as logger:
        for epoch in range(epochs):
            loss = step(epoch)
            logger.log(epoch=epoch, loss=loss)
            if stop(loss):
                break


def step(epoch):
    return 1 / (epoch + 1)


train(3, EarlyStopping(2))
