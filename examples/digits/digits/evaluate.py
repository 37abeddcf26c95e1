"""How good a network is."""

from __future__ import annotations

import sys

import numpy as np
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from digits.utils import load_json


def evaluate(model, batches) -> dict:
    """Return accuracy, macro F1 and the confusion matrix of a network over batches."""
    model.eval()
    truth, guesses = [], []
    with torch.no_grad():
        for images, labels in batches:
            guesses.append(model(images).argmax(dim=1).numpy())
            truth.append(np.asarray(labels))
    truth, guesses = np.concatenate(truth), np.concatenate(guesses)
    return {
        "accuracy": round(float(accuracy_score(truth, guesses)), 4),
        "f1": round(float(f1_score(truth, guesses, average="macro")), 4),
        "confusion": confusion_matrix(truth, guesses, labels=list(range(10))).tolist(),
    }


def worst_digit(metrics: dict) -> int:
    """Return the digit that is most often taken for another."""
    matrix = np.asarray(metrics["confusion"])
    return int((matrix.sum(axis=1) - matrix.diagonal()).argmax())


if __name__ == "__main__":
    print("worst digit:", worst_digit(load_json(sys.argv[1])))
