class Timer:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.report()

    def report(self):
        print(self.name)


with Timer("load"):
    pass
