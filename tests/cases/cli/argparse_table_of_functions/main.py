import argparse


def positive(text):
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(text)
    return value


def train(args):
    return fit(args.epochs)


def fit(epochs):
    return epochs


def evaluate(args):
    return 0


def add_common(parser):
    parser.add_argument("--epochs", type=positive, default=1)
    return parser


def build_parser():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    for name, handler in {"train": train, "evaluate": evaluate}.items():
        add_common(commands.add_parser(name)).set_defaults(handler=handler)
    return parser


def main(argv=None):
    args = build_parser().parse_args(argv)
    return args.handler(args)


if __name__ == "__main__":
    main(["train", "--epochs", "2"])
    main(["evaluate"])
