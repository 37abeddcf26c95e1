"""The models of messages: what annotations become, what is checked, what is only told."""

from __future__ import annotations

import datetime
import typing
import uuid

import numpy as np
import pytest
from pydantic import TypeAdapter, create_model
from service_runtime import plainchecks, schema
from service_runtime.dispatch import Dispatcher
from service_runtime.messages import Message, troubles
from service_runtime.openapi import document
from service_runtime.operations import Operation
from service_runtime.schema import Arguments, Reply, array
from service_runtime.service import Service
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.graph import CodeGraph, Parameter, Signature, TypeGuess
from decompose.scaffold import emit
from decompose.scaffold.jsonschema import schema_of
from decompose.scaffold.schema import expression_of

OWN = {"Order": "shop.entities:Order"}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", "Int"),
        ("str | None", "Text | None"),
        ("Optional[float]", "Float | None"),
        ("typing.List[int]", "Annotated[list[Int], LISTED]"),
        ("dict[str, list[float]]", "Annotated[dict[Text, Annotated[list[Float], LISTED]], MAPPED]"),
        ("tuple[int, ...]", "Annotated[list[Int], LISTED]"),
        ("pd.DataFrame", "Frame"),
        ("'npt.NDArray[np.float64]'", 'Annotated[Any, array("float64")]'),
        ("npt.NDArray[Any]", "Array"),
        ("np.ndarray[tuple[int, Literal[3]], np.dtype[np.float32]]", 'Annotated[Any, array("float32", (None, 3))]'),
        ("np.ndarray[tuple[int, ...], np.dtype[np.int64]]", 'Annotated[Any, array("int64")]'),
        ("np.ndarray[tuple[int], Any]", 'Annotated[Any, array("", (None,))]'),
        ("Float[Tensor, 'batch 3']", 'Annotated[Any, array("float", (None, 3))]'),
        ("Float[torch.Tensor, '... 3'] | None", 'Annotated[Any, array("float")] | None'),
        ("Shaped[Array, '...']", "Array"),
        ("Int[other]", "Any"),
        ("Literal['a', 1]", 'Literal["a", 1]'),
        ("Order", 'Annotated[Any, instance("shop.entities:Order")]'),
        ("Callable[[int], int]", "Callback"),
        ("Union[int, Any]", "Any"),
        ("Something", "Any"),
        ("not a type (", "Any"),
        ("builtins.bool", "Bool"),
    ],
)
def test_an_annotation_becomes_a_type_of_the_contract(annotation, expected):
    assert expression_of(annotation, lambda name: OWN.get(name, "")) == expected


@pytest.mark.parametrize(
    ("value", "bounds", "holds"),
    [
        (np.zeros((2, 3), "float32"), ("float32", (None, 3)), True),
        (np.zeros((2, 3), "float32"), ("float", (2, 3)), True),
        (np.zeros((2, 3), "float64"), ("float32", None), False),
        (np.zeros((2, 3), "int64"), ("float", None), False),
        (np.zeros((2, 3)), ("", (None,)), False),
        (np.zeros((2, 3)), ("", (None, 4)), False),
        ([[1.0, 2.0]], ("float32", (None, 2)), True),
        ("text", ("float32", None), False),
    ],
)
def test_element_type_and_shape_of_an_array_are_checked(value, bounds, holds):
    kind = array(*bounds)

    assert kind.is_one(value) is holds
    assert dict(kind.schema).get("x-shape") == (list(bounds[1]) if bounds[1] is not None else None)


EXPRESSIONS = (
    "Any", "Int", "Float | None", "Bool", "Text", "PathLike", "Bytes", "Array", "Frame", "Column", "Stream", "Callback",
    "Annotated[list[Int], LISTED]", "Annotated[dict[Text, Annotated[list[Float], LISTED]], MAPPED]",
    "Annotated[dict[Any, Any], MAPPED]", "Annotated[list[Int | Text], LISTED]", 'Literal["a", 1]', 'Literal["a"]',
    'Annotated[Any, instance("shop:Order")]', 'Annotated[Any, array("float32", (None, 3))]', "datetime.datetime",
    "datetime.date", "datetime.timedelta", "uuid.UUID", 'Annotated[Int, guessed("flow")]', "Int | Text | None",
)  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_document_made_at_generation_says_what_the_running_service_says(expression):
    names = {**vars(typing), **vars(schema), "datetime": datetime, "uuid": uuid}
    live = TypeAdapter(eval(expression, names)).json_schema()

    assert schema_of(expression) == live


SOURCES = {
    "a.py": (
        "def f(rows: int, name: str = 'x', *, json=None, **rest):\n    return rows\n\n\n"
        "def g(values):\n    return values\n"
    ),
    "b.py": "from a import f\n\n\ndef h():\n    return f(1)\n",
}


def with_signatures(graph: CodeGraph) -> CodeGraph:
    """Return the graph with what the analysis would say of `f` and `g`."""
    f = Signature(
        parameters=(
            Parameter(name="rows", annotation="int"),
            Parameter(name="name", annotation="str", default="'x'"),
            Parameter(name="json", kind="keyword_only", default="None"),
            Parameter(name="instance", annotation="list[int]", kind="keyword_only", default="None"),
            Parameter(name="rest", kind="var_keyword"),
        )
    )
    g = Signature(
        parameters=(Parameter(name="values", types=(TypeGuess(type="numpy.ndarray", provenance="library"),)),)
    )
    units = [u for u in graph.units if u.symbol not in ("a:f", "a:g")]
    by_symbol = {u.symbol: u for u in graph.units}
    import msgspec

    units += [
        msgspec.structs.replace(by_symbol["a:f"], signature=f),
        msgspec.structs.replace(by_symbol["a:g"], signature=g),
    ]
    return msgspec.structs.replace(graph, units=tuple(sorted(units, key=lambda u: u.symbol)))


@pytest.fixture
def messages() -> dict[str, Message]:
    graph = with_signatures(graph_of(SOURCES))
    tree = emit(blueprint_of(graph, {"one": ("a",), "two": ("b",)}), graph, {p: t.encode() for p, t in SOURCES.items()})
    names: dict[str, object] = {"__name__": "generated_messages"}
    text = tree.text("packages/contracts/src/service_contracts/one_messages.py")
    exec(compile(text, "one_messages.py", "exec", dont_inherit=True), names)
    return names["MESSAGES"]


def test_a_model_has_the_parameters_and_leaves_defaults_to_the_callee(messages):
    model = messages["a:f"].arguments

    assert troubles(messages["a:f"], [3], {}) == []
    assert model.model_json_schema()["required"] == ["rows"]
    assert messages["a:f"].positional == ("rows", "name")
    assert troubles(messages["a:f"], [3], {"further": 1}) == []


def test_numbers_of_numpy_are_numbers_and_a_text_is_none(messages):
    assert troubles(messages["a:f"], [np.int64(3)], {}) == []
    (found,) = troubles(messages["a:f"], ["three"], {})
    assert found["where"] == "rows"
    assert "whole number" in found["what"]


def test_a_guess_is_documented_and_refuses_nothing(messages):
    schema = messages["a:g"].arguments.model_json_schema()

    assert schema["properties"]["values"]["contentMediaType"] == "application/x-npy"
    assert troubles(messages["a:g"], ["whatever"], {}) == []


class TotalArguments(Arguments):
    """Arguments."""

    rows: int


class TotalReply(Reply):
    """Result."""

    result: int


OPERATION = Operation(name="total", symbol="math:trunc", callers=("two",))
MODELS = {"math:trunc": Message(TotalArguments, TotalReply, ("rows",))}


def ask(body: bytes, *, is_strict: bool):
    dispatcher = Dispatcher("one", (OPERATION,), messages=MODELS)
    return dispatcher, dispatcher.answer("/operations/total", "two", "application/json", body, is_strict)


def test_a_stranger_is_refused_with_the_place():
    _, reply = ask(b'{"args": ["x"]}', is_strict=True)

    assert reply.status == 422
    assert b"rows" in reply.chunks[0]


def test_a_facade_is_reported_and_the_callee_answers():
    dispatcher, reply = ask(b'{"args": [1.5]}', is_strict=False)

    assert reply.status == 200
    assert dispatcher.mismatches == 1


def test_the_document_names_models_callers_and_binary_bodies(tmp_path):
    service = Service("one", tmp_path, {}, (OPERATION,), messages=MODELS)

    found = document(service)

    post = found["paths"]["/operations/total"]["post"]
    assert post["x-callers"] == ["two"]
    assert "application/vnd.service.frames" in post["requestBody"]["content"]
    assert "TotalArguments" in found["components"]["schemas"]


CHECKED = {
    "Int": (1, 1.5, "1", None, np.int64(3), True),
    "Text | None": ("x", None, 1),
    "Annotated[list[Int], LISTED]": ([1], (1, 2), "ab", ["x"], {1}, 3),
    "Annotated[dict[Text, Annotated[list[Float], LISTED]], MAPPED]": ({"a": [1.0]}, {"a": ["x"]}, {1: [1.0]}, [1]),
    'Literal["a", 1]': ("a", 1, "b", True, 1.0),
    'Annotated[Int, guessed("flow")]': (1, "x"),
    'Annotated[Any, array("float32", (None, 3))]': (np.zeros((2, 3), "float32"), np.zeros((2, 3)), "x", [1.0]),
    "datetime.date": (datetime.date(2024, 1, 1), "2024-01-01", 3),
    "Frame | Array": (np.zeros(2), "x", [1]),
    "Any": (1, None, "x"),
    "Callback": (print, 3),
}


@pytest.mark.parametrize("expression", CHECKED)
def test_the_checks_without_pydantic_2_agree_with_those_of_its_models(expression):
    hint = eval(expression, {**vars(typing), **vars(schema), "datetime": datetime})
    plain = eval(expression, {**vars(typing), **vars(schema), **PLAIN, "datetime": datetime})

    for value in CHECKED[expression]:
        with_models = not schema.troubles_of(create_model("M", __base__=Arguments, x=(hint, ...)), {"x": value})
        assert (not plainchecks._troubles(plain, value, ("x",))) == with_models, value


PLAIN = {
    "LISTED": plainchecks.BeforeValidator(schema._listed),
    "MAPPED": plainchecks.BeforeValidator(schema._mapped),
    "guessed": lambda source: plainchecks.WrapValidator(lambda value, check: value),
}


class Plain(plainchecks.BaseModel):
    """A model of the checks without pydantic 2."""

    model_config: typing.ClassVar = {"extra": "forbid"}
    a: schema.Int
    b: schema.Text = plainchecks.Field(default_factory=lambda: None)  # type: ignore[assignment]
    c_: schema.Int = plainchecks.Field(alias="_c")  # type: ignore[assignment]


def test_missing_and_further_arguments_are_told_without_pydantic_2_too():
    with pytest.raises(plainchecks.ValidationError) as caught:
        Plain.model_validate({"a": "x", "d": 1})

    assert [(e["loc"], e["type"]) for e in caught.value.errors()] == [
        (("a",), "kind"), (("_c",), "missing"), (("d",), "extra_forbidden"),
    ]  # fmt: skip
    Plain.model_validate({"a": 1, "_c": 2})
