from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model import Model


def apply(model: Model) -> int:
    return model.predict()
