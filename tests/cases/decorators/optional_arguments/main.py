def task(function=None, *, name=""):
    def decorate(inner):
        def wrapper():
            return inner()

        return wrapper

    if function is None:
        return decorate
    return decorate(function)


@task
def plain():
    pass


@task(name="x")
def named():
    pass


plain()
named()
