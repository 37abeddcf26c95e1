import typer

app = typer.Typer()


def load(path):
    return open(path)


class State:
    path = "m.bin"

    @property
    def model(self):
        return load(self.path)


state = State()


@app.command()
def predict(path: str):
    return state.model, load(path)


if __name__ == "__main__":
    app()
