class Model:
    def __init__(self):
        self.n = 1

    def predict(self, x):
        return x


class Proxy:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def close(self):
        return None


def main():
    proxy = Proxy(Model())
    proxy.close()
    return proxy.predict(1)


main()
