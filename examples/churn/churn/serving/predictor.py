"""Online prediction with the model in production."""

import pandas as pd

from churn.exceptions import ModelNotFoundError
from churn.features.build import feature_row
from churn.logger import get_logger
from churn.models.registry import ModelRegistry
from churn.scoring.postprocess import recommend, risk_band

logger = get_logger(__name__)

_BUNDLES = {}


def load_bundle(root, version):
    """Return a model bundle; each version is read from disk once per process."""
    key = (str(root), version)
    if key not in _BUNDLES:
        _BUNDLES[key] = ModelRegistry(root).load(version)
        logger.info("loaded version %s", version)
    return _BUNDLES[key]


def clear_cache():
    """Forget all loaded models; return how many there were."""
    count = len(_BUNDLES)
    _BUNDLES.clear()
    return count


class Predictor:
    """Answers for single customers and for small lists."""

    def __init__(self, registry_config, bands):
        self.root = registry_config.root
        self.bands = bands

    def current_version(self):
        """Return the number of the version in production."""
        entry = ModelRegistry(self.root).production()
        if entry is None:
            raise ModelNotFoundError("no version in production")
        return entry.version

    def predict(self, payloads):
        """Return one answer for each customer, given as mappings."""
        if not payloads:
            return []
        version = self.current_version()
        bundle = load_bundle(self.root, version)
        frame = pd.concat([feature_row(payload, bundle.defaults) for payload in payloads], ignore_index=True)
        probabilities = bundle.probabilities(frame)
        return [
            self._answer(payload, float(probability), bundle.threshold, version)
            for payload, probability in zip(payloads, probabilities)
        ]

    def predict_one(self, payload):
        """Return the answer for one customer."""
        return self.predict([payload])[0]

    def _answer(self, payload, probability, threshold, version):
        band = risk_band(probability, self.bands)
        return {
            "customer_id": int(payload.get("customer_id", 0)),
            "probability": round(probability, 6),
            "will_churn": probability >= threshold,
            "band": band,
            "action": recommend(band, payload.get("plan")),
            "version": version,
        }
