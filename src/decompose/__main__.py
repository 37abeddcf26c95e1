"""`python -m decompose`, and the `decompose` command."""

from __future__ import annotations

from decompose.cli.app import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
