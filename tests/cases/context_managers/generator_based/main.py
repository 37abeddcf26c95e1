from contextlib import contextmanager


def connect():
    return object()


def close(connection):
    pass


@contextmanager
def session():
    connection = connect()
    try:
        yield connection
    finally:
        close(connection)


def load():
    with session() as s:
        return s


load()
