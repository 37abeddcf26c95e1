from torch.utils.data import DataLoader, Dataset


class Reviews(Dataset):
    def __init__(self, texts):
        self.texts = texts

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, index):
        return self.encode(self.texts[index])

    def encode(self, text):
        return [ord(c) for c in text]


def pad(batch):
    width = max(len(item) for item in batch)
    return [item + [0] * (width - len(item)) for item in batch]


def epoch(dataset):
    loader = DataLoader(dataset, batch_size=2, collate_fn=pad)
    return [len(batch) for batch in loader]


epoch(Reviews(["a", "bc"]))
