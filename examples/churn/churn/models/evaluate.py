"""Evaluation of a saved model on held-out customers."""

from churn.entities import EvaluationReport
from churn.features.columns import TARGET
from churn.logger import get_logger
from churn.models.metrics import classification_metrics, lift_table
from churn.utils import load_object, read_frame, write_json

logger = get_logger(__name__)


class Evaluator:
    """Scores a model file against a labelled table."""

    def __init__(self, config):
        self.config = config

    def run(self, model_path, test_path):
        """Evaluate, write the report and return it."""
        bundle = load_object(model_path)
        frame = read_frame(test_path)
        probabilities = bundle.probabilities(frame)
        metrics = classification_metrics(frame[TARGET], probabilities, bundle.threshold)
        report = EvaluationReport(
            model_name=bundle.model_name,
            lift=lift_table(frame[TARGET], probabilities, self.config.lift_bins),
            **metrics,
        )
        write_json(self.config.report, report.to_dict())
        return report

    def is_good_enough(self, report):
        """Whether the report clears the bar of the configuration."""
        return report.roc_auc >= self.config.min_roc_auc


def better_than(challenger, champion, min_gain=0.0, metric="roc_auc"):
    """Whether the metrics `challenger` beat those of `champion` by at least `min_gain`."""
    if not champion:
        return True
    return challenger[metric] >= champion[metric] + min_gain


def compare_versions(root, first, second, metric="roc_auc"):
    """Return the metric of two registered versions, and their difference."""
    from churn.models.registry import ModelRegistry  # the registry uses better_than

    registry = ModelRegistry(root)
    a = registry.get(first).metrics[metric]
    b = registry.get(second).metrics[metric]
    return {"first": a, "second": b, "difference": round(b - a, 6)}
