import torch
from torch.optim import LBFGS
from torch.optim.lr_scheduler import LambdaLR


def warm_up(epoch):
    return min(1.0, epoch / 10)


def train(parameters):
    optimizer = LBFGS(parameters)
    scheduler = LambdaLR(optimizer, lr_lambda=warm_up)

    def closure():
        optimizer.zero_grad()
        return loss_of(parameters)

    for _ in range(2):
        optimizer.step(closure)
        scheduler.step()


def loss_of(parameters):
    return sum(p.sum() for p in parameters)


train([torch.ones(1, requires_grad=True)])
