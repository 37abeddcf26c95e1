"""Small things that everybody needs."""

import functools
import hashlib
import json
import time
from pathlib import Path

import joblib
import pandas as pd
import yaml

from churn.exceptions import ConfigError, DataError
from churn.logger import get_logger

logger = get_logger(__name__)


def ensure_parent(path):
    """Create the folder that `path` will live in, and return the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def save_object(path, obj):
    """Write any Python object to `path` with joblib."""
    path = ensure_parent(path)
    joblib.dump(obj, path)
    logger.info("saved %s to %s", type(obj).__name__, path)
    return path


def load_object(path):
    """Read what `save_object` wrote."""
    path = Path(path)
    if not path.exists():
        raise DataError(f"no such artifact: {path.name}")
    return joblib.load(path)


def read_yaml(path):
    """Return the mapping in a YAML file."""
    path = Path(path)
    if not path.exists():
        raise ConfigError(f"no such configuration: {path.name}")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} holds no mapping")
    return content


def write_json(path, content):
    """Write `content` as JSON with sorted keys."""
    path = ensure_parent(path)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def read_json(path):
    """Return the content of a JSON file."""
    path = Path(path)
    if not path.exists():
        raise DataError(f"no such report: {path.name}")
    return json.loads(path.read_text(encoding="utf-8"))


def read_frame(path, **kwargs):
    """Return a CSV file as a DataFrame."""
    path = Path(path)
    if not path.exists():
        raise DataError(f"no such table: {path.name}")
    return pd.read_csv(path, **kwargs)


def write_frame(path, frame):
    """Write a DataFrame as CSV, without its index."""
    path = ensure_parent(path)
    frame.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")
    return path


def frame_digest(frame, decimals=6):
    """Return a short hash of the values of a DataFrame; row order matters, tiny rounding does not."""
    text = frame.round(decimals).to_csv(index=False, float_format=f"%.{decimals}f", lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def timed(function):
    """Log how long each call of `function` takes."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        result = function(*args, **kwargs)
        logger.info("%s took %.2f s", function.__qualname__, time.perf_counter() - start)
        return result

    return wrapper
