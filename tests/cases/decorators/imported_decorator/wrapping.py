def before():
    pass


def guard(function):
    def guarded():
        before()
        return function()

    return guarded
