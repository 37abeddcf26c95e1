"""What an inference service offers as models of the protocol: its functions, and routes of its web application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service_runtime import allowlist
from service_runtime.oip_tensors import Tensor, TensorError, nested, tensor_of

_JSON_TYPES = {"number": "FP64", "integer": "INT64", "boolean": "BOOL", "string": "BYTES"}
BODY = "body"
"""Name of the tensor that carries whole JSON documents, where the fields of a document are not known."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a function that is a model."""

    name: str
    form: str = "json"
    """`array`, `frame` (its columns are tensors), `scalar` or `json` (a document as text)."""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Model:
    """Something that can be asked for an inference."""

    name: str
    symbol: str = ""
    """A function of the service; empty for a route."""
    parameters: tuple[Parameter, ...] = ()
    path: str = ""
    """A route of the web application that takes JSON by POST."""


Signature = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""Inputs and outputs as the protocol's model metadata lists them."""


def signature(model: Model, web: Any) -> Signature:
    """Return the tensors that a model takes and gives."""
    if model.symbol:
        return [_described(parameter) for parameter in model.parameters], [_entry("output", "BYTES", [-1])]
    fields, _, answers = _schema(web, path_in(web, model.path))
    inputs = [_entry(name, kind, [-1]) for name, kind in fields.items()] or [_entry(BODY, "BYTES", [-1])]
    return inputs, [_entry(name, kind, [-1]) for name, kind in answers.items()] or [_entry(BODY, "BYTES", [-1])]


def infer_function(model: Model, inputs: tuple[Tensor, ...]) -> list[Tensor]:
    """Call a function with tensors as its arguments.

    Raises:
        TensorError: If an argument is missing.
    """
    given = {tensor.name: tensor for tensor in inputs}
    arguments: dict[str, Any] = {}
    for parameter in model.parameters:
        if parameter.form == "frame":
            others = {p.name for p in model.parameters}
            arguments[parameter.name] = _frame([t for t in inputs if t.name not in others])
        elif parameter.name in given:
            arguments[parameter.name] = _argument(given[parameter.name], parameter.form)
        elif parameter.is_required:
            raise TensorError(f"no input `{parameter.name}`")
    return outputs_of(allowlist.resolve(model.symbol)(**arguments))


async def infer_route(model: Model, inputs: tuple[Tensor, ...], web: Any) -> list[Tensor]:
    """Send the rows of some tensors to a route, and return the fields of the answers as tensors.

    Raises:
        TensorError: If the route refuses a row.
    """
    path = path_in(web, model.path)
    fields, takes_list, _ = _schema(web, path)
    rows = _rows(inputs, fields)
    if takes_list:
        answers = await _post(web, path, rows)
        answers = answers if isinstance(answers, list) else [answers]
    else:
        answers = list(await asyncio.gather(*(_post(web, path, row) for row in rows)))
    return _columns(answers)


def outputs_of(result: Any) -> list[Tensor]:
    """Return a result as tensors: columns of a frame, an array, a list of values, or a document as text."""
    if hasattr(result, "columns") and hasattr(result, "to_dict"):
        return [tensor_of(str(name), result[name].tolist()) for name in result.columns]
    if hasattr(result, "tolist") and hasattr(result, "shape"):
        flat = result.reshape(-1).tolist() if result.shape else [result.tolist()]
        return [tensor_of("output", flat, tuple(int(size) for size in result.shape) or (1,))]
    if isinstance(result, (list, tuple)) and all(isinstance(value, dict) for value in result) and result:
        return _columns(list(result))
    return [tensor_of("output", list(result) if isinstance(result, (list, tuple)) else [result])]


def _argument(tensor: Tensor, form: str) -> Any:
    if tensor.datatype == "BYTES" and form == "json":
        documents = [json.loads(text) for text in tensor.values]
        return documents[0] if tensor.shape in ((), (1,)) else documents
    if form == "scalar":
        return tensor.values[0]
    if tensor.datatype != "BYTES" and form in ("array", "json"):
        import numpy as np  # noqa: PLC0415  (only where a model takes arrays)

        names = {"FP16": "float16", "FP32": "float32", "FP64": "float64", "BOOL": "bool"}
        return np.array(tensor.values, dtype=names.get(tensor.datatype, tensor.datatype.lower())).reshape(tensor.shape)
    return nested(tensor)


def _frame(columns: list[Tensor]) -> Any:
    import pandas as pd  # noqa: PLC0415  (only where a model takes frames)

    return pd.DataFrame({tensor.name: nested(tensor) for tensor in columns})


def _rows(inputs: tuple[Tensor, ...], fields: Mapping[str, str]) -> list[Any]:
    if len(inputs) == 1 and inputs[0].name == BODY and BODY not in fields:
        return [json.loads(text) for text in inputs[0].values]
    counts = {tensor.shape[0] if tensor.shape else 1 for tensor in inputs}
    if len(counts) != 1:
        raise TensorError(f"the inputs have {', '.join(map(str, sorted(counts)))} rows; one number is needed")
    columns = {tensor.name: nested(tensor) for tensor in inputs}
    return [{name: values[row] for name, values in columns.items()} for row in range(counts.pop())]


def _columns(answers: list[Any]) -> list[Tensor]:
    if not all(isinstance(answer, dict) for answer in answers) or not answers:
        return [tensor_of(BODY, [json.dumps(answer) for answer in answers])]
    names = list(dict.fromkeys(name for answer in answers for name in answer))
    return [tensor_of(name, [answer.get(name) for answer in answers]) for name in names]


def path_in(web: Any, path: str) -> str:
    """Return the whole path of a route, which the code may give in two halves (a router and its prefix)."""
    make = getattr(web, "openapi", None)
    paths = make().get("paths", {}) if callable(make) else {}
    found = [known for known in paths if known.endswith(path)] if path not in paths else []
    return found[0] if len(found) == 1 else path


def _schema(web: Any, path: str) -> tuple[dict[str, str], bool, dict[str, str]]:
    """Return fields of a row with their types, whether the route takes a list of rows, and fields of an answer."""
    make = getattr(web, "openapi", None)
    document = make() if callable(make) else {}
    operation = document.get("paths", {}).get(path, {}).get("post", {})
    body, is_list = _resolved(document, _content(operation.get("requestBody", {})))
    answer, _ = _resolved(document, _content(operation.get("responses", {}).get("200", {})))
    return _fields(body), is_list, _fields(answer)


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return part.get("content", {}).get("application/json", {}).get("schema", {})  # type: ignore[no-any-return]


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    is_list = schema.get("type") == "array"
    found = schema.get("items", {}) if is_list else schema
    name = str(found.get("$ref", "")).rpartition("/")[2]
    return document.get("components", {}).get("schemas", {}).get(name, found), is_list


def _fields(schema: Mapping[str, Any]) -> dict[str, str]:
    def kind(field: Mapping[str, Any]) -> str:
        options = [field, *field.get("anyOf", ())]
        return next((_JSON_TYPES[o["type"]] for o in options if o.get("type") in _JSON_TYPES), "BYTES")

    return {name: kind(field) for name, field in schema.get("properties", {}).items()}


async def _post(web: Callable[..., Awaitable[None]], path: str, content: Any) -> Any:
    """Return what a route of an application in this process answers to a JSON document."""
    body, sent, status = json.dumps(content).encode(), [], [500]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
        else:
            sent.append(message.get("body", b""))

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
             "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 80)}  # fmt: skip
    await web(scope, receive, send)
    answer = b"".join(sent)
    if status[0] >= 300:  # noqa: PLR2004
        raise TensorError(f"{path} answers {status[0]}: {answer[:500].decode('utf-8', 'replace')}")
    return json.loads(answer)


def _described(parameter: Parameter) -> dict[str, Any]:
    kinds = {"array": ("FP64", [-1, -1]), "scalar": ("FP64", [1])}
    datatype, shape = kinds.get(parameter.form, ("BYTES", [-1]))
    entry = _entry(parameter.name, datatype, shape)
    return {**entry, "parameters": {"content_type": "pd"}} if parameter.form == "frame" else entry


def _entry(name: str, datatype: str, shape: list[int]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape}
