import torch


def loss(x):
    return x.mean()


def make():
    return torch.compile(loss, backend="eager")


def main():
    fast = make()
    return fast(torch.ones(2))


main()
