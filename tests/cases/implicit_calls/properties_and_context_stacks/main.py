from contextlib import ExitStack, contextmanager


class Data:
    def __init__(self):
        self._rows = None

    @property
    def rows(self):
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    @rows.setter
    def rows(self, value):
        self._check(value)
        self._rows = value

    def _read(self):
        return [1]

    def _check(self, value):
        return value


@contextmanager
def timer(name):
    start()
    yield name
    stop()


def start():
    pass


def stop():
    pass


class Lock:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def main():
    data = Data()
    data.rows += [2]
    with timer("a") as name, Lock():
        print(name, data.rows)
    with ExitStack() as stack:
        stack.enter_context(Lock())


main()
