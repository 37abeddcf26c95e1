from collections import defaultdict


class Trainer:
    def __init__(self):
        self.hooks = defaultdict(list)

    def on(self, event):
        def add(function):
            self.hooks[event].append(function)
            return function

        return add

    def fire(self, event):
        for hook in self.hooks[event]:
            hook(self)

    def run(self):
        self.fire("start")
        self.fire("end")


trainer = Trainer()


@trainer.on("start")
def warm_up(t):
    load(t)


def load(t):
    return t


@trainer.on("end")
def save(t):
    return None


if __name__ == "__main__":
    trainer.run()
