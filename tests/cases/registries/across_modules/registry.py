_TABLE = {}


def register(name):
    def wrap(function):
        _TABLE[name] = function
        return function

    return wrap


def get(name):
    return _TABLE[name]
