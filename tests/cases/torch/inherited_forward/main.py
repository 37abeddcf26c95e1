import torch
from torch import nn


class Base(nn.Module):
    def forward(self, x):
        return self.decode(self.encode(x))

    def encode(self, x):
        raise NotImplementedError

    def decode(self, x):
        return x


class Autoencoder(Base):
    def encode(self, x):
        return x / 2


model = Autoencoder()
model(torch.ones(1))
