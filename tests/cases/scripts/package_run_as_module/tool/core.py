class Engine:
    def __init__(self, n):
        self.n = n

    def run(self):
        return sum(self.step(i) for i in range(self.n))

    def step(self, i):
        return i
