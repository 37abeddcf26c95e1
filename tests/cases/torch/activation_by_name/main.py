import torch
from torch import nn


def swish(x):
    return x * torch.sigmoid(x)


class Mish(nn.Module):
    def forward(self, x):
        return x * torch.tanh(x)


class Unused(nn.Module):
    def forward(self, x):
        return x


ACTIVATIONS = {"swish": lambda: swish, "mish": Mish, "relu": nn.ReLU}


def get_activation(name):
    return ACTIVATIONS[name]()


class Block(nn.Module):
    def __init__(self, act="mish"):
        super().__init__()
        self.act = get_activation(act)

    def forward(self, x):
        return self.act(x)


Block("swish")(torch.ones(2))
Block()(torch.ones(2))
