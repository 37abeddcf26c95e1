STEPS = {}


def step(function):
    STEPS[function.__name__] = function
    return function
