from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset, random_split


class Numbers(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return float(i)


class Squares(Numbers):
    def __getitem__(self, i):
        return float(i * i)


def loaders():
    both = ConcatDataset([Numbers(4), Squares(4)])
    train, test = random_split(both, [6, 2])
    return DataLoader(train, batch_size=2), DataLoader(test)


def total(loader):
    return sum(batch.sum().item() for batch in loader)


def main():
    train, test = loaders()
    total(train)
    total(test)


main()
