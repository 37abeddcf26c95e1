import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, x):
        return torch.relu(self.linear(x))


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.block = Block(width)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.block(x))


def predict(net, x):
    net.eval()
    with torch.no_grad():
        return net(x)


net = Net()
predict(net, torch.zeros(1, 8))
