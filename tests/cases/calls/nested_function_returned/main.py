def make_adder(step):
    def add(value):
        return value + step

    return add


def use(function):
    return function(1)


increment = make_adder(1)
use(increment)
make_adder(2)(3)
