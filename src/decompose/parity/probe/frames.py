"""Compares arrays, frames and sparse matrices: dtype, shape, labels, then the first place where values differ."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .places import Difference, Tolerance, shorten, type_name

Inner = Callable[[Any, Any, str], "Difference | None"]


def array_difference(left: Any, right: Any, place: str, tolerance: Tolerance, inner: Inner) -> Any:
    """Return the first difference of two numpy arrays, numpy scalars, generators or torch tensors.

    Returns:
        A `Difference`, `None` when equal, or `NotImplemented` when the values are something else.
    """
    name = type_name(left)
    if name == "torch.Tensor" or name.endswith(".Parameter"):
        return _tensors(left, right, place, tolerance, inner)
    if name.startswith("numpy.random"):
        state = "get_state" if hasattr(left, "get_state") else "bit_generator"
        if state == "get_state":
            return inner(left.get_state(), right.get_state(), f"{place}.state")
        return inner(left.bit_generator.state, right.bit_generator.state, f"{place}.state")
    if not (hasattr(left, "dtype") and hasattr(left, "shape") and hasattr(left, "tobytes")):
        return NotImplemented
    return _arrays(left, right, place, tolerance, inner)


def _tensors(left: Any, right: Any, place: str, tolerance: Tolerance, inner: Inner) -> Difference | None:
    for attribute in ("dtype", "device", "requires_grad"):
        one, other = str(getattr(left, attribute)), str(getattr(right, attribute))
        if one != other:
            return Difference(f"{place}.{attribute}", "dtype", one, other)
    return _arrays(left.detach().cpu().numpy(), right.detach().cpu().numpy(), place, tolerance, inner)


def _arrays(left: Any, right: Any, place: str, tolerance: Tolerance, inner: Inner) -> Difference | None:
    if left.dtype != right.dtype:
        return Difference(place, "dtype", str(left.dtype), str(right.dtype))
    if left.shape != right.shape:
        return Difference(place, "shape", str(left.shape), str(right.shape))
    kind = left.dtype.kind
    if kind in "OV":
        return inner(left.tolist(), right.tolist(), place)
    if kind in "fc":
        wrong = _float_mismatch(left, right, tolerance)
    else:
        wrong = ~((left == right) | ((left != left) & (right != right)))  # noqa: PLR0124  (NaT)
    if not wrong.any():
        return None
    return _first_wrong(left, right, wrong, place)


def _float_mismatch(left: Any, right: Any, tolerance: Tolerance) -> Any:
    bits = left.dtype.itemsize * 8 // (2 if left.dtype.kind == "c" else 1)
    relative = tolerance.relative_for(bits)
    if relative == 0 and tolerance.absolute == 0:
        same = (left == right) | ((left != left) & (right != right))  # noqa: PLR0124  (NaN)
        return ~same | _opposite_zeros(left, right)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # infinities and NaN are compared below
        apart = abs(left - right)
        near = (apart <= tolerance.absolute + relative * _largest(abs(left), abs(right))) & (apart < float("inf"))
    both_nan = (left != left) & (right != right)  # noqa: PLR0124
    return ~(near | both_nan | (left == right)) | _opposite_zeros(left, right)


def _opposite_zeros(left: Any, right: Any) -> Any:
    """Return where one side is zero and the other its negative, without importing numpy."""
    zeros = (left == 0) & (right == 0)
    if left.dtype.kind == "c" or not zeros.any():
        return zeros & False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the division by zero is what tells the signs apart
        return zeros & (1 / left != 1 / right)


def _largest(left: Any, right: Any) -> Any:
    """Return the element-wise maximum without importing numpy."""
    return (left >= right) * left + (left < right) * right if left.shape else max(left, right)


def _first_wrong(left: Any, right: Any, wrong: Any, place: str) -> Difference:
    if not left.shape:
        return Difference(place, "value", shorten(left.item()), shorten(right.item()))
    flat = int(wrong.ravel().argmax())
    index = _unravel(flat, left.shape)
    count = int(wrong.sum())
    note = f"{count} of {wrong.size} elements differ"
    if _is_permutation(left, right):
        note += ", same values in another order"
    values = shorten(left.ravel()[flat].item()), shorten(right.ravel()[flat].item())
    kind = "order" if "another order" in note else "value"
    return Difference(f"{place}[{', '.join(map(str, index))}]", kind, *values, note)


def _unravel(flat: int, shape: tuple[int, ...]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        index.append(flat % size)
        flat //= size
    return index[::-1]


def _is_permutation(left: Any, right: Any) -> bool:
    one, other = left.ravel().copy(), right.ravel().copy()
    one.sort()
    other.sort()
    return bool(one.tobytes() == other.tobytes())


def frame_difference(left: Any, right: Any, place: str, tolerance: Tolerance, inner: Inner) -> Any:
    """Return the first difference of two pandas frames, series, indexes, arrays, or single values."""
    name = type_name(left)
    if not name.startswith("pandas."):
        return NotImplemented
    short = name.rpartition(".")[2]
    if short == "DataFrame":
        return _frames(left, right, place, inner)
    if short == "Series":
        return _series(left, right, place, inner)
    if short.endswith("Index"):
        return _indexes(left, right, place, inner)
    if hasattr(left, "dtype") and hasattr(left, "shape"):
        return _pandas_values(left, right, place, inner)
    if short == "Timestamp":
        if str(left.tz) != str(right.tz):
            return Difference(place, "timezone", str(left), str(right))
        same = left == right or (left != left and right != right)  # noqa: PLR0124  (NaT)
        return None if same else Difference(place, "value", str(left), str(right))
    if short in ("NaTType", "NAType"):
        return None
    return NotImplemented


def _frames(left: Any, right: Any, place: str, inner: Inner) -> Difference | None:
    one, other = list(left.columns), list(right.columns)
    if one != other:
        kind = "order" if sorted(map(repr, one)) == sorted(map(repr, other)) else "columns"
        note = "same columns in another order" if kind == "order" else _unshared(one, other)
        return Difference(f"{place}.columns", kind, shorten(one), shorten(other), note)
    if len(left) != len(right):
        return Difference(place, "shape", str(left.shape), str(right.shape), "number of rows")
    found = _indexes(left.index, right.index, f"{place}.index", inner)
    if found is not None:
        return found
    for position, column in enumerate(one):
        found = _series(
            left.iloc[:, position], right.iloc[:, position], f"{place}[{column!r}]", inner, with_index=False
        )
        if found is not None:
            return found
    return inner(dict(left.attrs), dict(right.attrs), f"{place}.attrs")


def _unshared(one: list[Any], other: list[Any]) -> str:
    lost = [column for column in one if column not in other]
    added = [column for column in other if column not in one]
    return "; ".join(part for part in (f"lost {lost}" if lost else "", f"added {added}" if added else "") if part)


def _series(left: Any, right: Any, place: str, inner: Inner, *, with_index: bool = True) -> Difference | None:
    if left.name != right.name:
        return Difference(f"{place}.name", "value", shorten(left.name), shorten(right.name))
    if str(left.dtype) != str(right.dtype):
        return Difference(place, "dtype", str(left.dtype), str(right.dtype))
    if len(left) != len(right):
        return Difference(place, "shape", str(left.shape), str(right.shape), "number of rows")
    if with_index:
        found = _indexes(left.index, right.index, f"{place}.index", inner)
        if found is not None:
            return found
    return _pandas_values(left.array, right.array, place, inner)


def _indexes(left: Any, right: Any, place: str, inner: Inner) -> Difference | None:
    if type_name(left) != type_name(right):
        return Difference(place, "index", type_name(left), type_name(right))
    if list(left.names) != list(right.names):
        return Difference(f"{place}.names", "index", shorten(list(left.names)), shorten(list(right.names)))
    if hasattr(left, "dtype") and str(left.dtype) != str(right.dtype):
        return Difference(place, "dtype", str(left.dtype), str(right.dtype))
    if len(left) != len(right):
        return Difference(place, "shape", str(len(left)), str(len(right)), "number of labels")
    found = inner(left.tolist(), right.tolist(), place)
    return found and found._replace(kind="order" if found.kind == "order" else "index")


def _pandas_values(left: Any, right: Any, place: str, inner: Inner) -> Difference | None:
    if str(left.dtype) != str(right.dtype):
        return Difference(place, "dtype", str(left.dtype), str(right.dtype))
    if hasattr(left, "categories"):
        found = inner(left.categories.tolist(), right.categories.tolist(), f"{place}.categories")
        if found is not None or left.ordered != right.ordered:
            return found or Difference(f"{place}.ordered", "dtype", str(left.ordered), str(right.ordered))
    is_plain = type(left).__name__ in ("NumpyExtensionArray", "PandasArray")
    if is_plain or (left.dtype.kind in "fiub" and hasattr(left, "to_numpy")):
        plain = left.to_numpy(), right.to_numpy()
        if plain[0].dtype.kind != "O":
            return inner(plain[0], plain[1], place)
    return inner(list(left), list(right), place)


def sparse_difference(left: Any, right: Any, place: str, tolerance: Tolerance, inner: Inner) -> Any:
    """Return the first difference of two scipy sparse matrices: format, shape, dtype, then entries in row order."""
    if not (type(left).__module__.startswith("scipy.sparse") and hasattr(left, "tocoo")):
        return NotImplemented
    if left.dtype != right.dtype or left.shape != right.shape:
        kind = "dtype" if left.dtype != right.dtype else "shape"
        return Difference(place, kind, f"{left.dtype} {left.shape}", f"{right.dtype} {right.shape}")
    one, other = left.tocsr().copy(), right.tocsr().copy()
    for matrix in (one, other):
        matrix.sum_duplicates()
    for part in ("indptr", "indices"):
        found = inner(getattr(one, part).tolist(), getattr(other, part).tolist(), f"{place}.{part}")
        if found is not None:
            return found
    return inner(one.data, other.data, f"{place}.data")
