def size_of(name):
    return len(name)


class Tables:
    def __init__(self, names):
        self.names = names

    def sizes(self):
        return {n: size_of(n) for n in self.names}
