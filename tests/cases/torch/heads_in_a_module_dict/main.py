import torch
from torch import nn


class Binary(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x)


class Linear(nn.Module):
    def forward(self, x):
        return x * 2


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict({"click": Binary(), "price": Linear()})

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}

    def click(self, x):
        return self.heads["click"](x)


model = MultiTask()
model(torch.ones(2))
model.click(torch.ones(2))
