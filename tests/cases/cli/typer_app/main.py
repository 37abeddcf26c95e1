import typer

app = typer.Typer()


@app.callback()
def common(verbose: bool = False):
    setup(verbose)


@app.command()
def train(epochs: int = 1):
    Trainer(epochs).fit()


@app.command()
def report():
    pass


def setup(verbose):
    pass


class Trainer:
    def __init__(self, epochs):
        self.epochs = epochs

    def fit(self):
        pass


if __name__ == "__main__":
    app()
