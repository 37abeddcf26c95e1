import torch
from torch.utils.data import DataLoader, Dataset


class Item:
    def __init__(self, x):
        self.x = x

    def tensor(self):
        return torch.tensor(self.x)


class Batch:
    def __init__(self, items):
        self.x = torch.stack([item.tensor() for item in items])

    def to(self, device):
        self.x = self.x.to(device)
        return self


class Items(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return Item(float(i))


def collate(items):
    return Batch(items)


def main():
    loader = DataLoader(Items(), batch_size=2, collate_fn=collate)
    for batch in loader:
        batch.to("cpu")


main()
