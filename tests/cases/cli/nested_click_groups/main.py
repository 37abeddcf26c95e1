import functools

import click


def common(function):
    @click.option("--seed", default=1)
    @functools.wraps(function)
    def wrapper(seed, **kwargs):
        seed_all(seed)
        return function(**kwargs)

    return wrapper


def seed_all(seed):
    return seed


@click.group()
def cli():
    pass


@click.command()
@click.option("--lr", default=0.1)
@common
def train(lr):
    fit(lr)


def fit(lr):
    return lr


cli.add_command(train)


if __name__ == "__main__":
    cli()
