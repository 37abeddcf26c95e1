def checked(method):
    def wrapper(self, *args):
        self.check()
        return method(self, *args)

    return wrapper


class Store:
    def check(self):
        pass

    @checked
    def save(self, item):
        pass


Store().save(1)
