import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return F.log_softmax(F.relu(x), dim=1)


def build():
    torch.manual_seed(0)
    return Net()


build()
loss = nn.CrossEntropyLoss()
optimizer = Adam([torch.zeros(1, requires_grad=True)])
