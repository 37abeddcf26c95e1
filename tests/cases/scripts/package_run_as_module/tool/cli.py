import argparse

from . import Engine
from .util import banner as show


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=1)
    args = parser.parse_args()
    show()
    return Engine(args.n).run()
