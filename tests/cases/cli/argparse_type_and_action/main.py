import argparse


def fraction(text):
    return check(float(text))


def check(value):
    return value


class Collect(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, split(values))


def split(text):
    return text.split(",")


def parse(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=fraction)
    parser.add_argument("--names", action=Collect)
    return parser.parse_args(argv)


parse(["--share", "0.5", "--names", "a,b"])
