import atexit


def goodbye():
    flush()


def flush():
    pass


atexit.register(goodbye)
