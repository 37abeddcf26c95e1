import sys


def start():
    pass


def stop():
    pass


def usage():
    pass


def run(command):
    match command:
        case "start":
            start()
        case "stop" | "halt":
            stop()
        case _:
            usage()


run(sys.argv[0])
