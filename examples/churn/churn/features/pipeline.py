"""The preprocessing that training and inference share."""

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn.features.columns import CATEGORICAL, FLAGS, FREQUENCY, NUMERIC
from churn.features.transformers import FrequencyEncoder, QuantileClipper


def build_preprocessor(clip_quantile=0.99, scale=True):
    """Return an unfitted `ColumnTransformer` over the feature columns."""
    steps = [("impute", SimpleImputer(strategy="median")), ("clip", QuantileClipper(clip_quantile))]
    if scale:
        steps.append(("scale", StandardScaler()))
    return ColumnTransformer(
        [
            ("numeric", Pipeline(steps), NUMERIC),
            ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL),
            ("frequency", FrequencyEncoder(), FREQUENCY),
            ("flags", SimpleImputer(strategy="most_frequent"), FLAGS),
        ]
    )
