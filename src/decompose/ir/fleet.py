"""Several repositories analysed as one graph: whose a file is."""

from __future__ import annotations

from collections.abc import Iterable


def repository_of(path: str, repositories: Iterable[str]) -> str:
    """Return the repository in which a file or folder stands; empty where there is but one code base.

    Args:
        path: POSIX path relative to the analysed root.
        repositories: Folders of the repositories, relative to the same root; none stands in another.
    """
    return next((r for r in repositories if path == r or path.startswith(f"{r}/")), "")
