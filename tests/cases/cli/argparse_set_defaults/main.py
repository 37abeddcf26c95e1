import argparse


def cmd_train(args):
    return train(args.epochs)


def cmd_score(args):
    return score()


def train(epochs):
    return epochs


def score():
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    p = commands.add_parser("train")
    p.add_argument("--epochs", type=int, default=1)
    p.set_defaults(func=cmd_train)
    q = commands.add_parser("score")
    q.set_defaults(func=cmd_score)
    args = parser.parse_args(argv)
    return args.func(args)


main(["train"])
main(["score"])
