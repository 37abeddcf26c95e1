class Callback:
    def on_epoch_end(self, trainer):
        pass


class Log(Callback):
    def on_epoch_end(self, trainer):
        print(trainer.epoch)


class Stop(Callback):
    def on_epoch_end(self, trainer):
        trainer.stop()


class BaseTrainer:
    def __init__(self, callbacks):
        self.callbacks = callbacks
        self.epoch = 0

    def fit(self):
        for self.epoch in range(2):
            self.train_epoch()
            self.notify("on_epoch_end")

    def train_epoch(self):
        raise NotImplementedError

    def notify(self, hook):
        for callback in self.callbacks:
            getattr(callback, hook)(self)

    def stop(self):
        pass


class Classifier(BaseTrainer):
    def train_epoch(self):
        self.step()

    def step(self):
        pass


Classifier([Log(), Stop()]).fit()
