"""How a record shows itself in a notebook. Records do not draw: whoever can draw hands a function in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Bundle = Mapping[str, str]
"""MIME type to text, as notebooks take it."""


def _plainly(record: object) -> Bundle:
    return {"text/plain": f"<{type(record).__name__}>"}


_draw: Callable[[object], Bundle] = _plainly


def draw_with(draw: Callable[[object], Bundle]) -> None:
    """Say who draws records from now on; `import decompose` does."""
    global _draw  # noqa: PLW0603  (one door, set once on import)
    _draw = draw


class Shown:
    """A record that notebooks show as a picture or a table."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return dict(_draw(self))

    def _repr_html_(self) -> str | None:
        return _draw(self).get("text/html")

    def _repr_svg_(self) -> str | None:
        return _draw(self).get("image/svg+xml")
