"""Types that a traced run saw."""

from decompose.evidence.observed import with_observed_types
from decompose.ir.evidence import Trace, TracedCall
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Module, Parameter, Signature, TypeGuess, Unit

TRACE = Trace(
    command=("python", "m.py"), seconds=1.0,
    calls=(TracedCall(caller="m:main", callee="m:f", calls=2, argument_types={"x": "numpy.ndarray", "y": "builtins.str"},
                      result_type="builtins.float"),),
)  # fmt: skip


def graph() -> CodeGraph:
    stated = TypeGuess(type="builtins.int", confidence="certain", provenance="annotation")
    guessed = TypeGuess(type="pandas.DataFrame", confidence="possible", provenance="flow")
    signature = Signature(
        parameters=(
            Parameter(name="x", types=(guessed,)),
            Parameter(name="y", types=(stated,)),
        )
    )
    unit = Unit(symbol="m:f", kind="function", module="m", span=Span("m.py", 1), signature=signature)
    modules = (Module(name="m", path="m.py", kind="module"),)
    return CodeGraph(name="m", digest="", modules=modules, units=(unit,), edges=())


def test_what_a_run_saw_comes_first_and_an_annotation_stays():
    signature = with_observed_types(graph(), TRACE).units[0].signature

    types = {p.name: [(t.type, t.provenance) for t in p.types] for p in signature.parameters}
    assert types == {
        "x": [("numpy.ndarray", "trace"), ("pandas.DataFrame", "flow")],
        "y": [("builtins.int", "annotation")],
    }
    assert [t.type for t in signature.return_types] == ["builtins.float"]


def test_without_a_trace_nothing_changes():
    assert with_observed_types(graph(), None) == graph()
