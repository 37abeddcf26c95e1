class Calculator:
    def __init__(self):
        self.table = {"add": self.add, "sub": self.sub}

    def add(self, a, b):
        return a + b

    def sub(self, a, b):
        return a - b

    def run(self, name, a, b):
        return self.table[name](a, b)


Calculator().run("add", 1, 2)
