"""What can go wrong, said once: every error names the place, the trouble and the mend."""

from __future__ import annotations


class DecomposeError(Exception):
    """The work cannot go on.

    Args:
        message: What is wrong, with its place (`file:line:`) where there is one; no full stop.
        hint: What to do next; empty when nothing sensible can be said.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class SourceError(DecomposeError):
    """The source tree cannot be read: no such path, or nothing in it to analyse."""


class PlanError(DecomposeError):
    """The plan file cannot be used: bad YAML, unknown symbol, contradiction."""


class RecordError(DecomposeError):
    """A stored record cannot be read: damaged, or of another schema version."""


class ConfigError(DecomposeError):
    """A setting is unknown or has a value that cannot be used."""


class RenderError(DecomposeError):
    """A picture cannot be drawn: no renderer for this format on this machine."""


class GenerateError(DecomposeError):
    """Services cannot be generated from this plan."""


class SecretError(DecomposeError):
    """What would be written holds a secret of the analysed code."""


class WriteError(DecomposeError):
    """The output cannot be written: disk full, no permission, or a person's edit stands in the way."""


class LaunchError(DecomposeError):
    """A generated service does not start or does not become ready."""


class MissingExtraError(DecomposeError):
    """A feature needs an optional dependency that is not installed."""
