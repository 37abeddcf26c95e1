import torch
from torch import nn


class Cnn(nn.Module):
    def forward(self, x):
        return x + 1


class Rnn(nn.Module):
    def forward(self, x):
        return self.cell(x)

    def cell(self, x):
        return x * 2


def train_cnn():
    model = Cnn()
    return model(torch.ones(1))


def train_rnn():
    model = Rnn()
    return run(model)


def run(model):
    return model(torch.ones(1))


train_cnn()
train_rnn()
