"""What is saved of a trained model: the pipeline and all that is needed to use it."""

from dataclasses import dataclass, field

import numpy as np

from churn.exceptions import DataError


@dataclass
class ModelBundle:
    """A fitted pipeline with its decision threshold."""

    model_name: str
    pipeline: object
    columns: list
    threshold: float = 0.5
    defaults: dict = field(default_factory=dict)

    def probabilities(self, frame):
        """Return the probability to churn for each row."""
        missing = [column for column in self.columns if column not in frame]
        if missing:
            raise DataError(f"missing feature columns: {', '.join(missing)}")
        return self.pipeline.predict_proba(frame[self.columns])[:, 1]

    def decisions(self, frame):
        """Return 1 for each row whose probability reaches the threshold."""
        return (self.probabilities(frame) >= self.threshold).astype(int)

    def __call__(self, frame):
        return self.probabilities(frame)

    def describe(self):
        """Return the final estimator in words."""
        estimator = self.pipeline[-1] if hasattr(self.pipeline, "__getitem__") else self.pipeline
        return f"{self.model_name} ({type(estimator).__name__}), threshold {np.round(self.threshold, 3)}"
