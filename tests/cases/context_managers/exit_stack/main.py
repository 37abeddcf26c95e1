from contextlib import ExitStack


class Lock:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.release()

    def release(self):
        pass


def cleanup():
    pass


def work():
    with ExitStack() as stack:
        lock = stack.enter_context(Lock())
        stack.callback(cleanup)
        return lock


work()
