import sys


def small():
    return "s"


def large():
    return "l"


if len(sys.argv) > 1:
    build = small
else:
    build = large

build()
