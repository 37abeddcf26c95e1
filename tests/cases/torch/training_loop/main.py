import torch
from torch import nn, optim


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 1)

    def forward(self, x):
        return self.fc(x)


class FocalLoss(nn.Module):
    def forward(self, output, target):
        return (output - target).abs().mean()


class Trainer:
    def __init__(self, model, criterion):
        self.model = model
        self.criterion = criterion
        self.optimizer = optim.SGD(model.parameters(), lr=0.1)

    def fit(self, batches):
        for x, y in batches:
            self.step(x, y)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()


trainer = Trainer(Encoder(), FocalLoss())
trainer.fit([(torch.ones(1, 2), torch.ones(1, 1))])
