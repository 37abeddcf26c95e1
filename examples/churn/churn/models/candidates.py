"""The models that compete, by name."""

from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from churn.exceptions import UnknownCandidateError
from churn.features.pipeline import build_preprocessor

CANDIDATES = {}


def register_candidate(cls):
    """Add a candidate class to the table under its `name`."""
    CANDIDATES[cls.name] = cls
    return cls


class Candidate:
    """A kind of model: how to build it and what to try. Subclasses fill in the blanks."""

    name = ""
    needs_scaling = False

    def __init__(self, seed=7, clip_quantile=0.99):
        self.seed = seed
        self.clip_quantile = clip_quantile

    def build(self):
        """Return an unfitted pipeline from feature table to probability."""
        preprocessor = build_preprocessor(self.clip_quantile, scale=self.needs_scaling)
        return Pipeline([("prepare", preprocessor), ("model", self.estimator())])

    def estimator(self):
        raise NotImplementedError

    def grid(self):
        """Return the hyper-parameters to try; nothing by default."""
        return {}


@register_candidate
class LogisticCandidate(Candidate):
    name = "logistic"
    needs_scaling = True

    def estimator(self):
        return LogisticRegression(max_iter=500, random_state=self.seed)

    def grid(self):
        return {"model__C": [0.1, 1.0, 5.0]}


class TreeCandidate(Candidate):
    """Anything made of trees: no scaling, and depth is what matters."""

    depths = (3, 6)

    def grid(self):
        return {"model__max_depth": list(self.depths)}


@register_candidate
class StumpCandidate(TreeCandidate):
    name = "tree"
    depths = (2, 4)

    def estimator(self):
        return DecisionTreeClassifier(min_samples_leaf=20, random_state=self.seed)


@register_candidate
class ForestCandidate(TreeCandidate):
    name = "forest"

    def estimator(self):
        return RandomForestClassifier(n_estimators=40, min_samples_leaf=5, random_state=self.seed, n_jobs=1)


@register_candidate
class BoostingCandidate(TreeCandidate):
    name = "boosting"
    depths = (2, 3)

    def estimator(self):
        return GradientBoostingClassifier(n_estimators=40, random_state=self.seed)

    def grid(self):
        return {**super().grid(), "model__learning_rate": [0.05, 0.15]}


def make_candidate(name, seed=7, clip_quantile=0.99):
    """Return the candidate registered as `name`."""
    try:
        cls = CANDIDATES[name]
    except KeyError:
        known = ", ".join(sorted(CANDIDATES))
        raise UnknownCandidateError(f"no candidate `{name}`, there are: {known}") from None
    return cls(seed=seed, clip_quantile=clip_quantile)
