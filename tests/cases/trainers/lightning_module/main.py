import lightning as L
import torch


class Classifier(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x)

    def training_step(self, batch, batch_idx):
        return self.shared(batch)

    def validation_step(self, batch, batch_idx):
        self.log("loss", self.shared(batch))

    def shared(self, batch):
        return self(batch).mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())

    def train_dataloader(self):
        return make_loader()

    def val_dataloader(self):
        return make_loader()


def make_loader():
    return torch.utils.data.DataLoader(torch.ones(4, 2))


def main():
    trainer = L.Trainer(max_epochs=1)
    trainer.fit(Classifier())


main()
