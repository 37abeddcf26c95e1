import argparse

from commands import Evaluate, Train

COMMANDS = {command.name: command for command in (Train(), Evaluate())}


def main(argv=None):
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(dest="command")
    for name, command in COMMANDS.items():
        command.configure(subparsers.add_parser(name))
    args = parser.parse_args(argv)
    return COMMANDS[args.command](args)


if __name__ == "__main__":
    main(["train"])
    main(["evaluate"])
