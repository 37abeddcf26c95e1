def logged(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


@logged
def load(path):
    return path


load("a")
