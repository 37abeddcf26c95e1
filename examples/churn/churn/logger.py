"""Logging for the whole package."""

import logging
import os

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_configured = False


def get_logger(name):
    """Return the package logger `name`; the level comes from `CHURN_LOG_LEVEL`."""
    global _configured
    if not _configured:
        level = os.environ.get("CHURN_LOG_LEVEL", "WARNING").upper()
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(_FORMAT))
        root = logging.getLogger("churn")
        root.addHandler(handler)
        root.setLevel(level)
        _configured = True
    return logging.getLogger(name)
