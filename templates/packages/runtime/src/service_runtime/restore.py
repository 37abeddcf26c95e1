"""Copy-in, copy-out: what the callee changed in place is changed in place at the caller too.

The callee keeps a shallow snapshot of every mutable object it received. As every nested object has its own, comparing
by identity finds each change exactly. Changed objects go back with the answer and overwrite the caller's own, so that
identity and sharing hold on both sides.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

from service_runtime.values import Decoder, Encoder

Check = Callable[[], bool]


class Received:
    """The mutable objects of one request, and whether they have changed since.

    Args:
        decoder: The decoder of the request, after decoding.
    """

    def __init__(self, decoder: Decoder) -> None:
        self.objects = decoder.objects
        self._by_reference = decoder.by_reference
        self._has_changed = [
            None if i in decoder.by_reference else _change_check(item, decoder.sources.get(i))
            for i, item in enumerate(decoder.objects)
        ]

    def numbers(self) -> dict[int, int]:
        """Return the number of each object by its identity; those whose changes cannot be seen go back by value."""
        return {
            id(item): number
            for number, item in enumerate(self.objects)
            if self._has_changed[number] is not None or number in self._by_reference
        }

    def changes(self, encoder: Encoder) -> list[list[Any]]:
        """Return number and content of each changed object, and of those that the answer refers to by number.

        Args:
            encoder: The encoder of the answer, which knows the numbers.
        """
        pairs = zip(self.objects, self._has_changed, strict=True)
        changed = [
            (i, item) for i, (item, has_changed) in enumerate(pairs) if has_changed is not None and has_changed()
        ]
        return [[number, _content(encoder, item)] for number, item in changed]


def overwrite(encoder: Encoder, decoder: Decoder, changes: list[list[Any]]) -> None:
    """Write what the callee changed into the caller's own objects.

    Args:
        encoder: The encoder of the request, which numbered the objects.
        decoder: A decoder of the answer that knows these objects as its arguments.
        changes: Number and content of each changed object.
    """
    for number, tree in changes:
        _overwrite(encoder.objects[number], decoder.decode(tree))


def _change_check(item: Any, source: memoryview | None) -> Check | None:
    kind = type(item)
    if kind is list:
        items = item.copy()
        return lambda: len(items) != len(item) or not all(map(operator.is_, items, item))
    if kind is dict:
        keys, values = list(item), list(item.values())
        return lambda: _differ(keys, list(item)) or _differ(values, list(item.values()))
    if kind in (set, bytearray):
        copied = item.copy()
        return lambda: bool(item != copied)
    root = kind.__module__.partition(".")[0]
    if root == "numpy" and kind.__name__ == "ndarray":
        return _array_check(item, source)
    if root == "pandas" and kind.__name__ in ("DataFrame", "Series"):
        return _frame_check(item)
    if root == "torch":
        version, gradient = item._version, _gradient(item)
        return lambda: bool(item._version != version) or _gradient(item) is not gradient
    if root == "omegaconf" and kind.__name__ in ("DictConfig", "ListConfig"):
        from service_runtime.configs import content  # noqa: PLC0415  (loaded when a configuration is here)

        first = content(item)
        return lambda: bool(content(item) != first)
    attributes = getattr(item, "__dict__", None)
    if attributes is None or isinstance(item, type) or "_remote_reference" in attributes:
        return None
    before = dict(attributes)
    extra = list(item) if isinstance(item, (list, set)) else list(item.items()) if isinstance(item, dict) else None
    return lambda: _attributes_differ(item, before) or (extra is not None and _elements(item) != extra)


def _gradient(item: Any) -> Any:
    """Return the gradient of a tensor that nothing computed; asking others for theirs only earns a warning."""
    return item.grad if item.is_leaf else None


def _differ(before: list[Any], now: list[Any]) -> bool:
    return len(before) != len(now) or not all(map(operator.is_, before, now))


def _attributes_differ(item: Any, before: dict[str, Any]) -> bool:
    now = vars(item)
    return now.keys() != before.keys() or any(now[name] is not value for name, value in before.items())


def _elements(item: Any) -> list[Any]:
    return list(item.items()) if isinstance(item, dict) else list(item)


def _array_check(item: Any, source: memoryview | None) -> Check:
    if source is None:
        before = item.copy()
        return lambda: item.shape != before.shape or not all(map(operator.is_, before.ravel(), item.ravel()))
    from service_runtime.arrays import raw  # noqa: PLC0415  (numpy is loaded when an array is here)

    shape, dtype = item.shape, item.dtype
    return lambda: item.shape != shape or item.dtype != dtype or memoryview(raw(item)) != source


def _frame_check(item: Any) -> Check:
    import pandas as pd  # noqa: PLC0415  (loaded when a frame is here)

    copies_on_write = int(pd.__version__.partition(".")[0]) >= 3  # noqa: PLR2004
    before = item.copy(deep=not copies_on_write)
    attributes = dict(item.attrs)
    return lambda: dict(item.attrs) != attributes or not _same_frame(before, item)


def _same_frame(before: Any, now: Any) -> bool:
    if before.shape != now.shape or not before.index.identical(now.index):
        return False
    if before.ndim == 1:
        return bool(before.name == now.name and before.dtype == now.dtype and before.equals(now))
    if not before.columns.identical(now.columns):
        return False
    pairs = ((before._get_column_array(i), now._get_column_array(i)) for i in range(before.shape[1]))
    return all(_same_column(first, second) for first, second in pairs)


def _same_column(first: Any, second: Any) -> bool:
    if first is second:
        return True
    if first.dtype != second.dtype:
        return False
    numpy = sys.modules["numpy"]
    if isinstance(first, numpy.ndarray) and first.ctypes.data == second.ctypes.data and first.strides == second.strides:
        return True
    pandas = sys.modules["pandas"]
    return bool(pandas.Series(first).equals(pandas.Series(second)))


def _content(encoder: Encoder, item: Any) -> Any:
    """Encode the content of an object that the receiver knows by number."""
    encoder.fresh = id(item)
    return encoder.encode(item)


def _overwrite(target: Any, content: Any) -> None:
    kind = type(target)
    if kind is list or kind is bytearray:
        target[:] = content
    elif kind in (dict, set):
        target.clear()
        target.update(content)
    elif kind.__name__ == "ndarray" and kind.__module__ == "numpy":
        if target.shape != content.shape:
            target.resize(content.shape, refcheck=False)
        target[...] = content
    elif kind.__name__ in ("DataFrame", "Series"):
        target._update_inplace(content)
        target.attrs = content.attrs
        if target.ndim == 1:
            target.name = content.name
    elif kind.__module__.partition(".")[0] == "torch":
        target.data = content.data
        if target.is_leaf:
            target.grad = _gradient(content)
    elif kind.__module__.partition(".")[0] == "omegaconf":
        from service_runtime.configs import overwrite as overwrite_config  # noqa: PLC0415  (as above)

        overwrite_config(target, content)
    else:
        _overwrite_object(target, content)


def _overwrite_object(target: Any, content: Any) -> None:
    if isinstance(target, (list, dict, set)):
        target.clear()
        (target.extend if isinstance(target, list) else target.update)(content)
    before = vars(target)
    before.clear()
    before.update(vars(content))
