import argparse
import sys

from .jobs import run


class KeyValue(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, dict(split(value) for value in values))


def split(text):
    key, _, value = text.partition("=")
    return key, value


def main(argv=None):
    parser = argparse.ArgumentParser(prog="tool")
    parser.add_argument("--set", nargs="*", action=KeyValue)
    args = parser.parse_args(argv)
    return run(args.set)


if __name__ == "__main__":
    sys.exit(main())
