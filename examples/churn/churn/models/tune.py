"""Hyper-parameter search for one candidate."""

from dataclasses import dataclass

from sklearn.model_selection import GridSearchCV, StratifiedKFold

from churn.logger import get_logger

logger = get_logger(__name__)


@dataclass
class TuningOutcome:
    name: str
    score: float
    params: dict
    pipeline: object


def make_folds(folds, seed):
    """Return the splitter that every candidate is compared on."""
    return StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)


def tune_candidate(candidate, features, target, folds=3, scoring="roc_auc", seed=7):
    """Search the candidate's grid and return the best pipeline, fitted on everything."""
    search = GridSearchCV(
        candidate.build(), candidate.grid(), cv=make_folds(folds, seed), scoring=scoring, n_jobs=1
    )
    search.fit(features, target)
    logger.info("%s: %s %.4f with %s", candidate.name, scoring, search.best_score_, search.best_params_)
    return TuningOutcome(
        name=candidate.name,
        score=float(search.best_score_),
        params=dict(search.best_params_),
        pipeline=search.best_estimator_,
    )
