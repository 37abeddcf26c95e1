from torch import nn


class Decoder(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.cell = nn.GRUCell(size, size)

    def step(self, x, state):
        return self.cell(x, state)

    def forward(self, state, steps):
        out = state
        for _ in range(steps):
            state = self.step(out, state)
        return state
