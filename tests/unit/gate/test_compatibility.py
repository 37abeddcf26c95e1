"""What breaks callers of the last generation, and what does not."""

from __future__ import annotations

import ast

import pytest

from decompose.gate import compare_offers, render
from decompose.ir.contracts import Offer, OfferedOperation, OfferedParameter
from decompose.ir.findings import Span

KINDS = {"posonlyargs": "positional_only", "args": "positional", "kwonlyargs": "keyword_only"}


def parameters(signature):
    arguments = ast.parse(f"def f({signature}): pass").body[0].args
    spread = [None] * (len(arguments.posonlyargs + arguments.args) - len(arguments.defaults)) + arguments.defaults
    defaults = {
        "posonlyargs": spread,
        "args": spread[len(arguments.posonlyargs) :],
        "kwonlyargs": arguments.kw_defaults,
    }
    for field, kind in KINDS.items():
        for argument, default in zip(getattr(arguments, field), defaults[field], strict=False):
            type_ = ast.unparse(argument.annotation) if argument.annotation else ""
            yield OfferedParameter(name=argument.arg, kind=kind, type=type_, is_required=default is None)
    if arguments.kwarg:
        yield OfferedParameter(name=arguments.kwarg.arg, kind="var_keyword")


def offer(signature=None, result="", *, service="one", raises=(), callers=("two",), line=7):
    if signature is None:
        return Offer(system="toy", operations=())
    operation = OfferedOperation(
        symbol="m:f", service=service, span=Span("m.py", line), parameters=tuple(parameters(signature)), result=result,
        raises=raises, callers=callers,
    )  # fmt: skip
    return Offer(system="toy", operations=(operation,))


def told(old, new):
    return [violation.message for violation in compare_offers(old, new).violations]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("x", "", "no longer takes `x`"),
        ("x", "y", "calls its parameter `x` now `y`"),
        ("x", "x, y", "wants `y`, which callers do not give"),
        ("x, y=1", "x, y", "wants `y`, which had a default"),
        ("x", "*, x", "takes `x` as a keyword alone and no longer as any argument"),
        ("x: int | str", "x: int", "takes `int` for `x` and no longer `int | str`"),
        ("x", "x: int", "takes `int` for `x` and no longer `anything`"),
        ("x: float", "x: int", "takes `int` for `x`"),
        ("x, y", "y, x", "takes its parameters in another order"),
        ("x", "y=1, x=2", "takes its parameters in another order"),
    ],
)
def test_a_change_that_breaks_callers_is_named(old, new, says):
    assert [says in message for message in told(offer(old), offer(new))] == [True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x", "x, y=1"),
        ("x", "x, *, y=1"),
        ("x", "x=1"),
        ("*, x", "x"),
        ("x, /", "x"),
        ("x: int", "x"),
        ("x: int", "x: int | None"),
        ("x: int", "x: float"),
        ("x: Optional[int]", "x: int | None"),
        ("x: Union[int, str]", "x: str | int"),
        ("x, y=1", "x, **rest"),
        ("x: dict[str, int]", "x: dict[str, int]"),
    ],
)
def test_a_change_that_only_allows_more_is_none(old, new):
    assert told(offer(old), offer(new)) == []


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("int", "str", 1),
        ("int", "int | None", 1),
        ("int | None", "int", 0),
        ("", "int", 0),
        ("int", "", 1),
    ],
)
def test_an_answer_may_get_narrower_and_not_wider(old, new, count):
    assert len(told(offer("", old), offer("", new))) == count


def test_what_is_gone_is_named_at_the_place_where_it_was():
    [violation] = compare_offers(offer("x", line=9), offer()).violations

    assert (violation.message, violation.level) == ("`m:f` of `one` is no longer offered (called by `two`)", "error")
    assert (violation.sites[0].path, violation.sites[0].line) == ("m.py", 9)


def test_what_moved_and_what_raises_more_is_named():
    assert told(offer("x"), offer("x", service="two")) == ["`m:f` of `one` moved from `one` to `two` (called by `two`)"]
    result = compare_offers(offer("x"), offer("x", raises=("KeyError",)))
    assert [v.level for v in result.violations] == ["warning"]
    assert result.is_clean


def test_a_break_that_no_service_notices_is_a_warning():
    result = compare_offers(offer("x", callers=()), offer("", callers=()))

    assert [v.level for v in result.violations] == ["warning"]


@pytest.mark.parametrize("format", ["text", "github", "sarif", "junit", "json"])
def test_every_format_tells_it(format):
    assert "no longer takes" in render(compare_offers(offer("x"), offer("")), format)


@pytest.mark.parametrize(
    ("signature", "told"), [("x", "toy: the contracts hold"), ("", "toy: the contracts do not hold: 1 violated")]
)
def test_the_last_line_speaks_of_contracts(signature, told):
    assert render(compare_offers(offer("x"), offer(signature)), "text").splitlines()[-1] == told
