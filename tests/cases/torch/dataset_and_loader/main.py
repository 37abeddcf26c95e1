import torch
from torch.utils.data import DataLoader, Dataset


class Reviews(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.encode(self.rows[index])

    def encode(self, row):
        return torch.tensor(row)


def collate(batch):
    return torch.stack(batch)


def run():
    loader = DataLoader(Reviews([[1], [2]]), batch_size=2, collate_fn=collate)
    for batch in loader:
        print(batch)


run()
