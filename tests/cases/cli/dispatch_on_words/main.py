import sys


def train(args):
    return fit(args)


def fit(args):
    return args


def predict(args):
    return args


def usage(args=None):
    print("usage")
    return 1


def main(argv):
    command, *rest = argv or ["help"]
    table = {"train": train, "predict": predict}
    if command == "help":
        return usage()
    return table.get(command, usage)(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
