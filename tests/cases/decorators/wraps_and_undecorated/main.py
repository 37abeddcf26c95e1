import functools


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        note(function.__name__)
        return function(*args, **kwargs)

    return wrapper


def note(name):
    pass


@traced
def run():
    pass


run()
run.__wrapped__()
