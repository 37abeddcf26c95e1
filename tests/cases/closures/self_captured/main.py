class Queue:
    def __init__(self):
        self.items = []

    def drain(self):
        def step():
            return self.pop()

        return step

    def pop(self):
        return None


step = Queue().drain()
step()
