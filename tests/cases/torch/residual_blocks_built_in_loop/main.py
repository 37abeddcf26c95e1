import torch
from torch import nn


def scaled(x, by):
    return x * by


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, x):
        return x + scaled(self.linear(x), 0.1)


class Encoder(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        layers = []
        for _ in range(depth):
            layers.append(Block(width))
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


encoder = Encoder(3, 8)
encoder(torch.zeros(2, 8))
