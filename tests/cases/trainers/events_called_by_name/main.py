class Callback:
    def on_start(self):
        pass

    def on_epoch(self, epoch):
        pass

    def on_end(self):
        pass


class Checkpoint(Callback):
    def on_epoch(self, epoch):
        self.save(epoch)

    def save(self, epoch):
        print("saved", epoch)


class Report(Callback):
    def on_end(self):
        print("done")


class Trainer:
    def __init__(self, callbacks):
        self.callbacks = callbacks

    def emit(self, event, *args):
        for callback in self.callbacks:
            getattr(callback, event)(*args)

    def fit(self):
        self.emit("on_start")
        for epoch in range(2):
            self.emit("on_epoch", epoch)
        self.emit("on_end")


Trainer([Checkpoint(), Report()]).fit()
