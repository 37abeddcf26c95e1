import sys


def generate(args):
    return write(args)


def write(args):
    return args


def inspect(args):
    return args


COMMANDS = {"generate": (generate, "make data"), "inspect": (inspect, "look at it")}


def usage():
    for name, (handler, text) in COMMANDS.items():
        print(name, text)


def main(argv):
    if not argv or argv[0] not in COMMANDS:
        return usage()
    handler, _ = COMMANDS[argv[0]]
    return handler(argv[1:])


main(sys.argv[1:])
