from abc import ABC, abstractmethod


class BaseTrainer(ABC):
    def __init__(self, epochs):
        self.epochs = epochs
        self.model = self.build_model()

    @abstractmethod
    def build_model(self): ...

    @abstractmethod
    def train_step(self, batch): ...

    def after_epoch(self, epoch):
        print(epoch)

    def train(self, batches):
        for epoch in range(self.epochs):
            for batch in batches:
                self.train_step(batch)
            self.after_epoch(epoch)
