"""Raw images to prepared arrays, and the datasets that training reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from omegaconf import DictConfig
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset

from digits.utils import log


@dataclass
class Split:
    """Images `(n, 8, 8)` float32 in 0..1 and labels `(n,)` int64."""

    images: np.ndarray
    labels: np.ndarray


def download(cfg: DictConfig) -> Path:
    """Write the raw images; the set ships with scikit-learn, so nothing leaves this machine."""
    bunch = load_digits()
    path = Path(cfg.data.raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, images=bunch.images.astype("float32"), labels=bunch.target.astype("int64"))
    log.info("raw data: %d images in %s", len(bunch.images), path)
    return path


def normalise(images: np.ndarray, scale: float) -> np.ndarray:
    """Return pixels as 0..1; training and serving must agree on this."""
    return (images / scale).astype("float32")


def check(images: np.ndarray, labels: np.ndarray) -> None:
    """Raise on data that training should not see."""
    if images.shape[1:] != (8, 8):
        raise ValueError(f"images are {images.shape[1:]}, not 8 x 8")
    if np.isnan(images).any():
        raise ValueError("an image holds NaN")
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images but {len(labels)} labels")


def prepare(cfg: DictConfig) -> Path:
    """Validate, normalise and split the raw images; return the prepared file."""
    with np.load(cfg.data.raw) as raw:
        images, labels = raw["images"], raw["labels"]
    check(images, labels)
    images = normalise(images, cfg.data.scale)
    order = np.random.default_rng(cfg.seed).permutation(len(images))
    held_back = int(len(images) * cfg.data.validation_share)
    valid, train = order[:held_back], order[held_back:]
    path = Path(cfg.data.prepared)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        train_images=images[train],
        train_labels=labels[train],
        valid_images=images[valid],
        valid_labels=labels[valid],
    )
    log.info("prepared: %d to train on, %d held back", len(train), len(valid))
    return path


def load_split(cfg: DictConfig, name: str) -> Split:
    with np.load(cfg.data.prepared) as prepared:
        return Split(prepared[f"{name}_images"], prepared[f"{name}_labels"])


class DigitsDataset(Dataset):
    """One prepared split, as torch wants it."""

    def __init__(self, split: Split, augment: bool = False):
        self.split = split
        self.augment = augment

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, index: int):
        image = torch.from_numpy(self.split.images[index]).unsqueeze(0)
        if self.augment:
            image = self._shift(image, index)
        return image, int(self.split.labels[index])

    @staticmethod
    def _shift(image: torch.Tensor, index: int) -> torch.Tensor:
        return torch.roll(image, shifts=(index % 3) - 1, dims=-1)


def loader(cfg: DictConfig, name: str, *, shuffle: bool = False) -> DataLoader:
    dataset = DigitsDataset(load_split(cfg, name), augment=shuffle)
    generator = torch.Generator().manual_seed(cfg.seed)
    return DataLoader(dataset, batch_size=cfg.batch_size, shuffle=shuffle, generator=generator)
