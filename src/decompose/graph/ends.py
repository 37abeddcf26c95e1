"""Which arguments of a library call name assets, and what the call does to each."""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterator

import msgspec

from decompose.graph.core import Core
from decompose.graph.library import LibraryCall, argument_values, texts_of
from decompose.graph.walk import expressions_of, is_only_changed
from decompose.ir.facts import ATTR, CALL, NAME
from decompose.knowledge import RECEIVER, Api

_STORES = {
    ("azureml", "model"): "azureml model registry", ("azureml", "table"): "azureml dataset",
    ("mlflow", "model"): "mlflow model registry", ("mlflow", "table"): "mlflow runs",
    ("wandb", "model"): "wandb artifacts", ("hopsworks", "model"): "hopsworks model registry",
    ("hopsworks", "table"): "hopsworks feature store", ("feast", "table"): "feast feature store", ("comet", "model"): "comet model registry",
}  # fmt: skip
"""Names for entries of a store that the source does not name: the store itself is the asset then."""
_SERIALIZERS = {"json": "json", "pickle": "pickle", "yaml": "yaml", "csv": "csv", "dill": "dill", "joblib": "joblib"}
"""Modules that take open files, and the formats that they speak."""


_RUN = "mlflow run"
"""Format of a model that a run keeps without registering it."""
_REGISTERING = {"argument": "registered_model_name", "position": -1}
_BUILDERS = frozenset(("csv", "json", "parquet", "text", "arrow", "imagefolder", "audiofolder", "pandas"))
"""Names of `datasets.load_dataset` that say how local files are read, not which data set."""


def ends_of(core: Core, call: LibraryCall) -> Iterator[LibraryCall]:
    """Yield the call once for each asset that it touches; `api` then says argument, effect and kind of that end.

    A download reads an object and writes a file, an upload the reverse; a copy reads one file and writes another.
    """
    api = call.api
    if api.effect == "copy":
        yield _end(call, effect="read")
        yield _end(call, effect="write", argument="dst", position=api.position + 1)
        return
    if api.name == "datasets.load_dataset" and _is_builder(core, call):
        yield _end(call, argument="data_files", position=2, asset="file", format="")
        return
    if api.format == "mlflow" and api.name.endswith(".log_model"):
        is_registered = argument_values(core, call, "registered_model_name", -1) is not None
        is_renamed = argument_values(core, call, "name", -1) is not None  # from version 3 on
        kept = {"argument": "name", "position": -1} if is_renamed else {}
        yield _end(call, **_REGISTERING) if is_registered else _end(call, format=_RUN, **kept)
        return
    yield call
    if api.other:
        effect = "write" if api.effect == "read" else "read"
        yield _end(call, effect=effect, argument=api.other, position=api.other_position, asset="file", format="")


def _is_builder(core: Core, call: LibraryCall) -> bool:
    values = argument_values(core, call, call.api.argument, call.api.position)
    names = {t.text for t in texts_of(core, values or frozenset())}
    return bool(names) and names <= _BUILDERS


def ways_of(core: Core, call: LibraryCall) -> tuple[str, ...]:
    """Return `read`, `write` or both: what one end of a call does to its asset."""
    effect = call.api.effect
    if call.api.name == "sqlalchemy.orm.Session.query" and is_only_changed(call.frame.scope, call.record.node):
        return ("write",)
    if effect == "create":
        return ("write",)
    if effect != "mode":
        return (effect,)
    position = 0 if call.api.argument == RECEIVER else 1
    values = argument_values(core, call, "mode", position)
    modes = [t.text for t in texts_of(core, values or frozenset())] or ["r"]
    ways = []
    if any("r" in m or "+" in m for m in modes) and not any(m.startswith(("w", "a", "x")) for m in modes):
        ways.append("read")
    if any(c in m for m in modes for c in "wax+"):
        ways.append("write")
    return tuple(ways) or ("read",)


def store_of(api: Api) -> str:
    """Return the name of the registry or store whose entries an API reads or writes; empty for none."""
    return _STORES.get((api.format, api.asset), "")


def registered(name: str, api: Api) -> str:
    """Return what MLflow calls a model: `models:/fraud/3` is `fraud`, and what a run keeps is named by `runs:/{}/…`."""
    if api.format == _RUN:
        return f"runs:/{{}}/{name}"
    if api.format == "mlflow" and name.startswith("models:/"):
        return re.split(r"[/@]", name.removeprefix("models:/").lstrip("/"))[0] or name
    return name


def payload_of(call: LibraryCall) -> str:
    """Return the format in which an opened file is read or written, told by what takes the handle; empty if nothing."""
    if not call.name.endswith("open"):
        return ""
    for node in expressions_of(call.frame.scope.body):
        if node[0] == CALL and node[2][0] == ATTR and node[2][1][0] == NAME:
            base, method = node[2][1][1], node[2][2]
            if base in _SERIALIZERS and method.startswith(("dump", "load", "safe_", "reader", "writer", "Dict")):
                return _SERIALIZERS[base]
    return ""


def into_folder(core: Core, call: LibraryCall, names: list[str]) -> list[str]:
    """Return the files that a copy makes: a target without a suffix is the folder that receives the source's name."""
    if call.api.argument != "dst":
        return names
    sources = argument_values(core, call, "src", call.api.position - 1) or frozenset()
    files = {t.text.replace("\\", "/").rpartition("/")[2] for t in texts_of(core, sources)}
    file = next(iter(files)) if len(files) == 1 else ""
    if not posixpath.splitext(file)[1]:
        return names
    return [n if posixpath.splitext(n)[1] else posixpath.join(n, file) for n in names]


def _end(call: LibraryCall, **changes: str | int) -> LibraryCall:
    return dataclasses.replace(call, api=msgspec.structs.replace(call.api, **changes))
