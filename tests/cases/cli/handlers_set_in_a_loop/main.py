import argparse


def cmd_ingest(config, args):
    return load(config)


def cmd_train(config, args):
    return fit(config)


def load(config):
    return config


def fit(config):
    return config


COMMANDS = {"ingest": (cmd_ingest, "read the data"), "train": (cmd_train, "fit the model")}


def build_parser():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (handler, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.set_defaults(handler=handler)
    return parser


def main(argv=None):
    args = build_parser().parse_args(argv)
    return args.handler({}, args)


main(["ingest"])
main(["train"])
