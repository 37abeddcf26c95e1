class Callback:
    def on_start(self, trainer):
        pass

    def on_end(self, trainer):
        pass


class Logger(Callback):
    def __init__(self, path):
        self.path = path

    def on_end(self, trainer):
        self.write("done")

    def write(self, text):
        print(self.path, text)


class Timer(Callback):
    def on_start(self, trainer):
        trainer.started = 0


class Trainer:
    def __init__(self, callbacks):
        self.callbacks = callbacks

    def notify(self, event):
        for callback in self.callbacks:
            getattr(callback, f"on_{event}")(self)

    def step(self, batch):
        return batch

    def fit(self, batches):
        self.notify("start")
        for batch in batches:
            self.step(batch)
        self.notify("end")


Trainer([Logger("log.txt"), Timer()]).fit([1, 2])
