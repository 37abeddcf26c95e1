import argparse


def init():
    pass


def fetch():
    pass


def clean():
    pass


def split():
    pass


def train():
    pass


def evaluate():
    pass


def serve():
    pass


def report():
    pass


COMMANDS = {
    "init": (init, "start"),
    "fetch": (fetch, "get data"),
    "clean": (clean, "drop rows"),
    "split": (split, "divide"),
    "train": (train, "fit"),
    "evaluate": (evaluate, "score"),
    "serve": (serve, "answer"),
    "report": (report, "print"),
}


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    for name, (handler, text) in COMMANDS.items():
        commands.add_parser(name, help=text).set_defaults(handler=handler)
    parser.parse_args().handler()


main()
