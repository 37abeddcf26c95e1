import click


class Session:
    def __init__(self, path):
        self.path = path

    def save(self):
        return self.path


def check(ctx, param, value):
    return normalise(value)


def normalise(value):
    return value.lower()


@click.group()
@click.option("--path", default="A", callback=check)
@click.pass_context
def cli(ctx, path):
    ctx.obj = Session(path)


@cli.command()
@click.pass_obj
def train(session):
    session.save()


@cli.command("evaluate")
def run_evaluation():
    report()


def report():
    click.echo("ok")


if __name__ == "__main__":
    cli()
