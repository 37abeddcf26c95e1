import sys


def known():
    pass


def unknown():
    pass


TABLE = {"a": known}
TABLE.get(sys.argv[0], unknown)()
