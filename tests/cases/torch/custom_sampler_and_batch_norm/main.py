import torch
from torch.utils.data import DataLoader, Dataset, Sampler


class EveryOther(Sampler):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(0, self.n, 2))

    def __len__(self):
        return self.n // 2


class Rows(Dataset):
    def __init__(self, rows, transform=None):
        self.rows = rows
        self.transform = transform

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        return self.transform(row) if self.transform else row


class Scale:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return x * self.k


def collate(batch):
    return torch.tensor(batch)


def loader():
    data = Rows([1.0, 2.0, 3.0], transform=Scale(2))
    return DataLoader(data, batch_size=2, sampler=EveryOther(3), collate_fn=collate)


def main():
    for batch in loader():
        print(batch)


main()
