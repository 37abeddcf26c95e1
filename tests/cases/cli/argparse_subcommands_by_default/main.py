import argparse


class Model:
    def __init__(self, depth):
        self.depth = depth

    def fit(self):
        pass


def train(args):
    Model(args.depth).fit()


def evaluate(args):
    print(args.path)


def parser():
    top = argparse.ArgumentParser()
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser("train")
    one.add_argument("--depth", type=int, default=3)
    one.set_defaults(run=train)
    two = commands.add_parser("evaluate")
    two.add_argument("path")
    two.set_defaults(run=evaluate)
    return top


def main(argv=None):
    args = parser().parse_args(argv)
    return args.run(args)


if __name__ == "__main__":
    main()
