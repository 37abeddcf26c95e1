"""Numbers that say how good a ranking of customers is."""

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)


def classification_metrics(truth, probabilities, threshold=0.5):
    """Return the usual metrics, rounded to six places."""
    truth = np.asarray(truth)
    decisions = (np.asarray(probabilities) >= threshold).astype(int)
    values = {
        "roc_auc": roc_auc_score(truth, probabilities),
        "average_precision": average_precision_score(truth, probabilities),
        "accuracy": accuracy_score(truth, decisions),
        "precision": precision_score(truth, decisions, zero_division=0),
        "recall": recall_score(truth, decisions, zero_division=0),
        "brier": brier_score_loss(truth, probabilities),
    }
    return {name: round(float(value), 6) for name, value in values.items()}


def best_threshold(truth, probabilities):
    """Return the threshold with the best F1, the lowest one when several are equal."""
    truth = np.asarray(truth)
    probabilities = np.asarray(probabilities)
    best, best_f1 = 0.5, -1.0
    for threshold in np.round(np.arange(0.1, 0.9, 0.05), 2):
        decisions = probabilities >= threshold
        hits = int((decisions & (truth == 1)).sum())
        f1 = 2 * hits / max(int(decisions.sum()) + int(truth.sum()), 1)
        if f1 > best_f1 + 1e-12:
            best, best_f1 = float(threshold), f1
    return best


def lift_table(truth, probabilities, bins=5):
    """Return how much more often than average each group churns, the riskiest group first."""
    truth = np.asarray(truth, dtype=float)
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    base = truth.mean() or 1.0
    return [round(float(truth[part].mean() / base), 4) for part in np.array_split(order, bins) if len(part)]
