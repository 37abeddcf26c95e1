import click


@click.group()
def cli():
    configure()


@cli.command()
@click.option("--epochs", default=1)
def train(epochs):
    fit(epochs)


@cli.command("score")
@click.argument("path")
def score_command(path):
    score(path)


def configure():
    pass


def fit(epochs):
    pass


def score(path):
    pass


if __name__ == "__main__":
    cli()
