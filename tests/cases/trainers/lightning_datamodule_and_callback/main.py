import pytorch_lightning as pl


class Model(pl.LightningModule):
    def training_step(self, batch, batch_idx):
        return batch

    def configure_optimizers(self):
        return None


class Data(pl.LightningDataModule):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def prepare_data(self):
        download(self.path)

    def setup(self, stage):
        self.rows = []

    def train_dataloader(self):
        return self.rows


class Stop(pl.Callback):
    def on_train_epoch_end(self, trainer, pl_module):
        check(pl_module)


def download(path):
    pass


def check(module):
    pass


def run():
    trainer = pl.Trainer(callbacks=[Stop()])
    trainer.fit(Model(), datamodule=Data("x"))


run()
