class Handler:
    def __init__(self, following=None):
        self.following = following

    def handle(self, request):
        if self.accepts(request):
            return self.answer(request)
        if self.following is not None:
            return self.following.handle(request)
        return None

    def accepts(self, request):
        return False

    def answer(self, request):
        raise NotImplementedError


class Cached(Handler):
    def accepts(self, request):
        return request in ("a",)

    def answer(self, request):
        return "cached"


class Remote(Handler):
    def accepts(self, request):
        return True

    def answer(self, request):
        return fetch(request)


def fetch(request):
    return request


def build():
    return Cached(Remote())


def main():
    chain = build()
    chain.handle("a")
    return chain.handle("b")


main()
