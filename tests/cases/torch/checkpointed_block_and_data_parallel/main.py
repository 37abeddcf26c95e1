import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Block(nn.Module):
    def forward(self, x):
        return torch.relu(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.last = Block()

    def _tail(self, x):
        return self.last(x)

    def forward(self, x):
        x = checkpoint(self.block, x, use_reentrant=False)
        return checkpoint(self._tail, x, use_reentrant=False)


def main():
    model = nn.DataParallel(Net())
    return model(torch.ones(2, requires_grad=True))


main()
