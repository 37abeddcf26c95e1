class Model:
    def __init__(self):
        self.n = 0

    def update(self, row):
        self.n += row

    @property
    def ready(self):
        return self.n > 0

    def save(self, path):
        write(path)


def write(path):
    pass
