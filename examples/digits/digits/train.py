"""`python -m digits.train [key=value ...]`: prepare when needed, train, evaluate, save."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import torch
from omegaconf import DictConfig, OmegaConf
from torch.nn import functional as F

from digits.config import instantiate, load_config
from digits.data import download, loader, prepare
from digits.evaluate import evaluate
from digits.utils import log, save_checkpoint, save_json, seed_everything


class EarlyStopping:
    """Tells when the loss has not improved for a while."""

    def __init__(self, patience: int = 2):
        self.patience = patience
        self.best = float("inf")
        self.waited = 0

    def __call__(self, loss: float) -> bool:
        if loss < self.best - 1e-4:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        return self.waited > self.patience


class Trainer:
    def __init__(self, cfg: DictConfig):
        self.cfg = cfg
        self.model = instantiate(cfg.model)
        self.optimizer = instantiate(cfg.optimizer, self.model.parameters())
        self.history: list[dict] = []

    def fit(self) -> "Trainer":
        batches, stop = loader(self.cfg, "train", shuffle=True), EarlyStopping()
        for epoch in range(self.cfg.epochs):
            loss = self._epoch(batches)
            score = evaluate(self.model, loader(self.cfg, "valid"))
            self.history.append({"epoch": epoch, "loss": round(loss, 6), "accuracy": score["accuracy"]})
            log.info("epoch %d: loss %.4f, accuracy %.3f", epoch, loss, score["accuracy"])
            if stop(loss):
                break
        return self

    def _epoch(self, batches) -> float:
        self.model.train()
        total = 0.0
        for images, labels in batches:
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(images), labels)
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(labels)
        return total / len(batches.dataset)


def save_history(path, history: list[dict]) -> None:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=["epoch", "loss", "accuracy"])
        writer.writeheader()
        writer.writerows(history)


def run(cfg: DictConfig) -> dict:
    """Train as configured; return the metrics that were saved."""
    seed_everything(cfg.seed)
    torch.set_num_threads(1)
    if not Path(cfg.data.prepared).exists():
        download(cfg)
        prepare(cfg)
    trainer = Trainer(cfg).fit()
    metrics = evaluate(trainer.model, loader(cfg, "valid"))
    save_checkpoint(cfg.output.checkpoint, trainer.model, model=OmegaConf.to_container(cfg.model), metrics=metrics)
    save_history(cfg.output.history, trainer.history)
    save_json(cfg.output.metrics, metrics | {"epochs": len(trainer.history), "weights": trainer.model.size})
    return metrics


if __name__ == "__main__":
    print(run(load_config(sys.argv[1:])))
