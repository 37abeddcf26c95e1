import typer
from typer.testing import CliRunner

app = typer.Typer()
state = {}


def version(value: bool):
    if value:
        show()
        raise typer.Exit()


def show():
    print("1.0")


@app.callback()
def setup(verbose: bool = False, v: bool = typer.Option(False, callback=version)):
    state["verbose"] = verbose


@app.command()
def train(lr: float = 0.1):
    fit(lr)


def fit(lr):
    return lr


@app.command()
def evaluate():
    return None


def check():
    return CliRunner().invoke(app, ["train"])


if __name__ == "__main__":
    check()
