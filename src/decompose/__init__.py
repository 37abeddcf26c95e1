"""Take a monolithic machine-learning codebase apart into services that run."""

from __future__ import annotations

__version__ = "0.1.0"
