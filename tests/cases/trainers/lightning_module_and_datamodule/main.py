import pytorch_lightning as pl
import torch


def loss(output, target):
    return ((output - target) ** 2).mean()


class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x):
        return self.layer(x)

    def training_step(self, batch, index):
        x, y = batch
        return loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


class Data(pl.LightningDataModule):
    def setup(self, stage):
        self.rows = [1, 2]

    def train_dataloader(self):
        return torch.utils.data.DataLoader(self.rows)


trainer = pl.Trainer(max_epochs=1)
trainer.fit(Lit(), datamodule=Data())
