"""Nightly scoring of all customers without an outcome."""

import pandas as pd

from churn.entities import ScoringResult
from churn.exceptions import DataError
from churn.features.columns import KEY
from churn.logger import get_logger
from churn.models.registry import ModelRegistry
from churn.scoring.postprocess import rank, recommend, risk_band
from churn.utils import frame_digest, read_frame, timed, write_frame

logger = get_logger(__name__)


def iter_batches(frame, size):
    """Yield consecutive parts of `frame` with at most `size` rows."""
    if size < 1:
        raise ValueError("a batch has at least one row")
    for start in range(0, len(frame), size):
        yield frame.iloc[start : start + size]


def score_frame(bundle, frame, bands, batch_size=128):
    """Return probability, risk band and action for each row of `frame`, the riskiest first."""
    parts = []
    for batch in iter_batches(frame, batch_size):
        part = batch[[KEY, "plan"]].copy()
        part["probability"] = bundle(batch)
        parts.append(part)
    if not parts:
        raise DataError("nothing to score")
    scored = pd.concat(parts, ignore_index=True)
    scored["probability"] = scored["probability"].round(6)
    scored["band"] = [risk_band(value, bands) for value in scored["probability"]]
    scored["action"] = [recommend(band, plan) for band, plan in zip(scored["band"], scored["plan"])]
    return rank(scored.drop(columns="plan"))


class BatchScorer:
    """Scores a feature table with the model in production."""

    def __init__(self, config, registry_config):
        self.config = config
        self.registry = ModelRegistry(registry_config.root)

    @timed
    def run(self, score_path, version=None):
        """Score the table and write the result."""
        bundle = self.registry.load(version)
        frame = read_frame(score_path)
        scored = score_frame(bundle, frame, self.config.bands, self.config.batch_size)
        path = write_frame(self.config.output, scored)
        counts = scored["band"].value_counts()
        by_band = {band: int(counts.get(band, 0)) for band in self.config.bands}
        return ScoringResult(path=path, rows=len(scored), by_band=by_band, digest=frame_digest(scored))
