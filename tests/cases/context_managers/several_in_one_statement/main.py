class A:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


class B(A):
    def __enter__(self):
        return self

    def use(self, a):
        pass


def run():
    with A() as a, B() as b:
        b.use(a)


run()
