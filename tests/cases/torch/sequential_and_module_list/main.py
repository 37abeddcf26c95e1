import torch
from torch import nn


class Scale(nn.Module):
    def forward(self, x):
        return 2 * x


class Shift(nn.Module):
    def forward(self, x):
        return x + 1


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(Scale(), nn.ReLU(), Scale())
        self.tail = nn.ModuleList([Shift() for _ in range(2)])

    def forward(self, x):
        x = self.body(x)
        for layer in self.tail:
            x = layer(x)
        return x


Net()(torch.ones(2))
