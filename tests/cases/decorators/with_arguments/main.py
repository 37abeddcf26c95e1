def retry(times):
    def decorate(function):
        def wrapper():
            for _ in range(times):
                function()

        return wrapper

    return decorate


@retry(3)
def fetch():
    pass


fetch()
