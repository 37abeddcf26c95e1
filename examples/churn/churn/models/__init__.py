"""Models: candidates, training, evaluation and the registry."""

from churn.models.bundle import ModelBundle
from churn.models.registry import ModelRegistry

__all__ = ["ModelBundle", "ModelRegistry"]
