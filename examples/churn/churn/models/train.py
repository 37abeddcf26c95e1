"""Training: tune every candidate, keep the best one."""

import random

import numpy as np
from sklearn.model_selection import cross_val_predict

from churn.entities import TrainingResult
from churn.exceptions import DataError
from churn.features.columns import FEATURES, TARGET
from churn.logger import get_logger
from churn.models.bundle import ModelBundle
from churn.models.candidates import make_candidate
from churn.models.metrics import best_threshold
from churn.models.tune import make_folds, tune_candidate
from churn.utils import read_frame, save_object, timed, write_json

logger = get_logger(__name__)


def seed_everything(seed):
    """Seed the global generators that libraries fall back on."""
    random.seed(seed)
    np.random.seed(seed)


class Trainer:
    """Trains on the training table and saves the winner."""

    def __init__(self, config, feature_config, seed=7):
        self.config = config
        self.feature_config = feature_config
        self.seed = seed

    @timed
    def run(self, train_path=None):
        """Train, save the model and its summary."""
        seed_everything(self.seed)
        features, target = self.load(train_path or self.feature_config.train_path)
        outcomes = [self.tune(name, features, target) for name in self.config.candidates]
        best = max(outcomes, key=lambda outcome: (outcome.score, outcome.name))
        threshold = self.choose_threshold(best, features, target)
        bundle = ModelBundle(
            model_name=best.name,
            pipeline=best.pipeline,
            columns=list(FEATURES),
            threshold=threshold,
            defaults=dict(self.feature_config.defaults),
        )
        save_object(self.config.model_path, bundle)
        result = TrainingResult(
            model_name=best.name,
            model_path=self.config.model_path,
            cv_score=round(best.score, 6),
            threshold=threshold,
            params=best.params,
            leaderboard={outcome.name: round(outcome.score, 6) for outcome in outcomes},
        )
        self.save_summary(result)
        return result

    def load(self, path):
        """Return features and target of a training table."""
        frame = read_frame(path)
        if TARGET not in frame:
            raise DataError(f"no column `{TARGET}` to learn from")
        return frame[FEATURES], frame[TARGET]

    def tune(self, name, features, target):
        """Tune the candidate `name`."""
        candidate = make_candidate(name, seed=self.seed, clip_quantile=self.feature_config.clip_quantile)
        return tune_candidate(
            candidate, features, target, folds=self.config.folds, scoring=self.config.scoring, seed=self.seed
        )

    def choose_threshold(self, outcome, features, target):
        """Return the threshold that out-of-fold predictions of the winner suggest."""
        folds = make_folds(self.config.folds, self.seed)
        held_out = cross_val_predict(outcome.pipeline, features, target, cv=folds, method="predict_proba")
        return best_threshold(target, held_out[:, 1])

    def save_summary(self, result):
        """Write what was tried beside the model."""
        write_json(
            self.config.summary_path,
            {
                "model": result.model_name,
                "cv_score": result.cv_score,
                "threshold": result.threshold,
                "params": result.params,
                "leaderboard": result.leaderboard,
            },
        )
