import copy

import torch
from torch import nn


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 1)

    def forward(self, x):
        return self.fc(x)


class Ema:
    def __init__(self, model, decay=0.9):
        self.shadow = copy.deepcopy(model)
        self.decay = decay

    def _mix(self, old, new):
        return old * self.decay + new * (1 - self.decay)

    @torch.no_grad()
    def update(self, model):
        for mine, theirs in zip(self.shadow.parameters(), model.parameters()):
            mine.copy_(self._mix(mine, theirs))

    def __call__(self, x):
        return self.shadow(x)


def train(model, ema):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        loss = model(torch.ones(1, 2)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update(model)
    return ema(torch.ones(1, 2))


net = Tiny()
train(net, Ema(net))
