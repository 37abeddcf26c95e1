"""Errors that callers are expected to handle."""


class ChurnError(Exception):
    """Base of all errors of this package."""


class ConfigError(ChurnError):
    """The configuration file is missing or makes no sense."""


class DataError(ChurnError):
    """A source is missing, unreadable or empty."""


class DataValidationError(DataError):
    """The data does not look as it should."""

    def __init__(self, message, problems=()):
        super().__init__(message, list(problems))
        self.message = message
        self.problems = list(problems)

    def __str__(self):
        if not self.problems:
            return self.message
        return f"{self.message}: " + "; ".join(self.problems)


class UnknownCandidateError(ChurnError):
    """No such entry in the table of candidate models."""


class ModelNotFoundError(ChurnError):
    """The registry holds no such version, or none in production."""


class PromotionError(ChurnError):
    """The version is not good enough for production."""
