"""Transformers of our own, in the way of scikit-learn."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin


class QuantileClipper(BaseEstimator, TransformerMixin):
    """Clips each column to the quantiles seen in training."""

    def __init__(self, quantile=0.99):
        self.quantile = quantile

    def fit(self, X, y=None):
        values = np.asarray(X, dtype=float)
        self.low_ = np.nanquantile(values, 1 - self.quantile, axis=0)
        self.high_ = np.nanquantile(values, self.quantile, axis=0)
        self.n_features_in_ = values.shape[1]
        return self

    def transform(self, X):
        return np.clip(np.asarray(X, dtype=float), self.low_, self.high_)

    def get_feature_names_out(self, input_features=None):
        return np.asarray(input_features, dtype=object)


class FrequencyEncoder(BaseEstimator, TransformerMixin):
    """Replaces a category by its share in training; unknown ones become 0."""

    def fit(self, X, y=None):
        frame = pd.DataFrame(X)
        self.shares_ = [frame[column].value_counts(normalize=True).to_dict() for column in frame]
        self.n_features_in_ = frame.shape[1]
        return self

    def transform(self, X):
        frame = pd.DataFrame(X)
        columns = [frame[column].map(shares).fillna(0.0) for column, shares in zip(frame, self.shares_)]
        return np.column_stack([np.asarray(column, dtype=float) for column in columns])

    def get_feature_names_out(self, input_features=None):
        return np.asarray([f"{name}_share" for name in input_features], dtype=object)
