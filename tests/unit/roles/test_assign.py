"""Roles and resources of units, with their evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decompose.ir.findings import Span
from decompose.ir.graph import Asset, CodeGraph, Edge, EntryPoint, Module, Parameter, Signature, Site, Unit
from decompose.roles import assign


def unit(symbol: str, *, kind: str = "function", path: str = "", line: int = 1, **more: object) -> Unit:
    module = symbol.partition(":")[0]
    where = Span(path or module.replace(".", "/") + ".py", line)
    return Unit(symbol=symbol, kind=kind, module=module, span=where, **more)


def call(source: str, target: str, line: int = 5, *, loops: int = 0) -> Edge:
    path = source.partition(":")[0].replace(".", "/") + ".py"
    return Edge(source=source, target=target, kind="call", sites=(Site(path, line, 0, loops),))


def graph(units: list[Unit], edges: list[Edge], **kinds: str) -> CodeGraph:
    modules = {u.module: Module(name=u.module, path=u.span.path, kind=kinds.get(u.module, "module")) for u in units}
    return CodeGraph(
        name="t", digest="", modules=tuple(modules[n] for n in sorted(modules)), units=tuple(units), edges=tuple(edges)
    )


def role_of(found: CodeGraph, symbol: str) -> str:
    return next(u for u in found.units if u.symbol == symbol).roles[0].role


@pytest.mark.parametrize(
    ("api", "role"),
    [
        ("pandas.read_csv", "ingest"),
        ("sklearn.preprocessing.StandardScaler.fit_transform", "features"),
        ("xgboost.XGBClassifier.fit", "training"),
        ("optuna.Study.optimize", "tuning"),
        ("sklearn.metrics.f1_score", "evaluation"),
        ("mlflow.register_model", "registry"),
        ("evidently.report.Report.run", "monitoring"),
        ("airflow.DAG", "orchestration"),
        ("streamlit.title", "gateway_ui"),
        ("pandera.DataFrameSchema.validate", "validation"),
        ("seaborn.heatmap", "exploration"),
    ],
)
def test_what_a_function_calls_decides_where_its_name_says_nothing(api: str, role: str):
    found = assign(graph([unit("m:act")], [call("m:act", f"external:{api}")]))

    assert role_of(found, "m:act") == role
    assert any(api in line for line in found.units[0].roles[0].evidence)


def test_the_body_outweighs_the_name():
    edges = [call("m:load_data", f"external:{a}") for a in ("torch.Tensor.backward", "torch.optim.Optimizer.step")]

    found = assign(graph([unit("m:load_data")], edges))

    assert role_of(found, "m:load_data") == "training"


def test_a_method_without_evidence_takes_the_role_of_its_class():
    units = [
        unit("m:Loader", kind="class"),
        unit("m:Loader.__init__", kind="method", parent="m:Loader"),
        unit("m:Loader.get", kind="method", parent="m:Loader"),
    ]

    found = assign(graph(units, [call("m:Loader.get", "external:pandas.read_sql")]))

    assert role_of(found, "m:Loader.__init__") == "ingest"


def test_a_prediction_that_a_request_reaches_is_online_and_one_in_a_batch_script_is_not():
    units = [
        unit("web:predict", entry=EntryPoint(kind="route", framework="fastapi", detail="POST /predict")),
        unit("inner:answer"),
        unit("batch_score:work"),
    ]
    edges = [
        call("web:predict", "inner:answer"),
        call("inner:answer", "external:sklearn.ensemble.RandomForestClassifier.predict"),
        call("batch_score:work", "external:sklearn.ensemble.RandomForestClassifier.predict"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "inner:answer") == "online_inference"
    assert role_of(found, "batch_score:work") == "batch_inference"


def test_an_exception_class_is_support_wherever_it_stands():
    found = assign(graph([unit("training.train:Oops", kind="class", flags=("exception",))], []))

    assert role_of(found, "training.train:Oops") == "config_util"


def test_every_unit_has_a_role_with_evidence_and_the_shares_sum_to_at_most_one():
    units = [unit("a.b:f"), unit("a.b:<module>", kind="module"), unit("setup:<module>", kind="module")]

    found = assign(graph(units, [], setup="packaging"))

    for each in found.units:
        assert each.roles
        assert all(tag.evidence for tag in each.roles)
        assert sum(tag.confidence for tag in each.roles) <= 1.001


def test_a_gpu_call_and_a_route_name_their_resources():
    units = [unit("m:f", entry=EntryPoint(kind="route", framework="flask", detail="/x"))]

    found = assign(
        graph(units, [call("m:f", "external:torch.nn.Module.cuda"), call("m:f", "external:pandas.read_csv")])
    )

    tags = {tag.resource: tag.evidence for tag in found.units[0].resources}
    assert set(tags) == {"gpu", "io", "latency"}
    assert tags["gpu"] == ("m.py:5 calls `torch.nn.Module.cuda`",)


@given(st.permutations(range(6)))
def test_the_order_of_edges_changes_nothing(order: list[int]):
    units = [unit("m:f"), unit("m:g"), unit("n:h")]
    apis = ["pandas.read_csv", "sklearn.metrics.f1_score", "xgboost.train", "torch.save"]
    edges = [call("m:f", f"external:{a}") for a in apis] + [call("m:f", "m:g"), call("n:h", "m:f")]

    plain = assign(graph(units, edges))
    shuffled = assign(graph(units, [edges[i] for i in order]))

    assert [u.roles for u in plain.units] == [u.roles for u in shuffled.units]


def test_what_takes_a_prediction_and_does_no_stage_itself_is_postprocessing():
    units = [unit("m:predict_all"), unit("m:shape", flags=("takes_prediction",))]
    edges = [call("m:predict_all", "external:sklearn.svm.SVC.predict"), call("m:predict_all", "m:shape")]

    found = assign(graph(units, edges))

    assert role_of(found, "m:shape") == "postprocess"


def test_loading_a_model_into_state_that_a_prediction_reads_is_a_part_of_serving():
    units = [unit("svc:init"), unit("svc:run"), unit("shelf:init")]
    edges = [
        call("svc:init", "external:joblib.load"),
        call("shelf:init", "external:joblib.load"),
        call("svc:run", "external:sklearn.svm.SVC.predict"),
        Edge(source="svc:init", target="state:svc:model", kind="state_write"),
        Edge(source="svc:run", target="state:svc:model", kind="state_read"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "svc:init") == "online_inference"
    assert role_of(found, "shelf:init") == "registry"


def test_whoever_starts_the_stages_orchestrates_unless_a_request_asked_for_it():
    names = ("ingest:load", "features:build", "train:fit", "flow:steps", "flow:begin", "web:begin")
    units = [unit(n) for n in names[:-1]]
    units.append(unit("web:begin", entry=EntryPoint(kind="route", framework="flask", detail="POST /train")))
    edges = [
        call("ingest:load", "external:pandas.read_sql"),
        call("features:build", "external:sklearn.preprocessing.StandardScaler.fit_transform"),
        call("train:fit", "external:sklearn.svm.SVC.fit"),
        *(call("flow:steps", stage) for stage in names[:3]),
        call("flow:begin", "flow:steps"),
        call("web:begin", "flow:steps"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "flow:begin") == "orchestration"
    assert role_of(found, "web:begin") == "gateway_ui"


def test_the_wrapper_of_a_decorator_conducts_none_of_the_stages_that_it_wraps():
    names = ("ingest:load", "features:build", "train:fit")
    units = [
        *(unit(n) for n in names),
        unit("util:timed"),
        unit("util:timed.wrapper", parent="util:timed"),
        unit("a:main"),
    ]
    edges = [
        call("ingest:load", "external:pandas.read_sql"),
        call("features:build", "external:sklearn.preprocessing.StandardScaler.fit_transform"),
        call("train:fit", "external:sklearn.svm.SVC.fit"),
        *(call("util:timed.wrapper", stage) for stage in names),
        call("a:main", "util:timed.wrapper"),
        call("a:main", "train:fit"),
    ]

    assert role_of(assign(graph(units, edges)), "a:main") == "training"


def test_a_function_of_a_notebook_has_the_role_of_what_it_does():
    units = [unit("nb:fit_all"), unit("nb:cell_1", kind="cell")]

    found = assign(graph(units, [call("nb:fit_all", "external:sklearn.svm.SVC.fit")], nb="notebook"))

    assert role_of(found, "nb:fit_all") == "training"
    assert role_of(found, "nb:cell_1") == "exploration"


@pytest.mark.parametrize(("placing", "resource"), [("torch.nn.Module.to", "gpu"), ("builtins.print", "cpu")])
def test_torch_needs_a_gpu_only_where_something_chooses_a_device(placing: str, resource: str):
    units = [unit("m:fit"), unit("m:main")]
    edges = [call("m:fit", "external:torch.nn.Linear"), call("m:main", f"external:{placing}")]

    found = assign(graph(units, edges))

    assert resource in {tag.resource for tag in found.units[0].resources}
    assert len({"gpu", "cpu"} & {tag.resource for tag in found.units[0].resources}) == 1


def test_a_task_that_a_request_only_puts_into_a_queue_predicts_in_batch():
    units = [
        unit("web:start", entry=EntryPoint(kind="route", framework="flask", detail="POST /start")),
        unit("tasks:answer", entry=EntryPoint(kind="task", framework="celery", detail="answer")),
    ]
    edges = [
        call("web:start", "tasks:answer"),
        call("tasks:answer", "external:sklearn.ensemble.RandomForestClassifier.predict"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "tasks:answer") == "batch_inference"


def test_a_command_is_no_gateway_because_django_runs_it():
    units = [unit("c:Command", kind="class"), unit("c:Command.handle", kind="method", parent="c:Command")]
    base = Edge(source="c:Command", target="external:django.core.management.base.BaseCommand", kind="inherit")
    edges = [
        base,
        call("c:Command.handle", "external:pandas.read_csv"),
        call("c:Command.handle", "external:django.utils.timezone.now"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "c:Command.handle") == "ingest"


def test_validation_that_measures_a_model_is_an_evaluation():
    units = [unit("validate:validate"), unit("check:validate")]
    edges = [
        call("validate:validate", "external:sklearn.metrics.f1_score"),
        call("check:validate", "external:pandas.read_csv"),
    ]

    found = assign(graph(units, edges))

    assert role_of(found, "validate:validate") == "evaluation"
    assert role_of(found, "check:validate") == "validation"


def test_a_prediction_from_stored_data_to_stored_data_is_batch():
    units = [unit("m:score"), unit("m:answer")]
    files = [Asset(symbol=f"asset:{n}.csv", kind="file", name=f"{n}.csv") for n in ("in", "out")]
    predicts = "external:sklearn.ensemble.RandomForestClassifier.predict"
    edges = [
        call("m:score", predicts),
        call("m:answer", predicts),
        Edge(source="m:score", target="asset:in.csv", kind="read"),
        Edge(source="m:score", target="asset:out.csv", kind="write"),
    ]

    found = assign(replace(graph(units, edges), assets=tuple(files)))

    assert role_of(found, "m:score") == "batch_inference"
    assert role_of(found, "m:answer") == "online_inference"


def test_a_record_that_a_route_takes_serves_with_it():
    taken = Signature(parameters=(Parameter(name="row", annotation="Row"),))
    units = [
        unit("web:Row", kind="class", flags=("pydantic",)),
        unit("web:Other", kind="class", flags=("pydantic",)),
        unit("web:predict", entry=EntryPoint(kind="route", framework="fastapi", detail="POST /p"), signature=taken),
    ]
    edges = [call("web:predict", "external:sklearn.ensemble.RandomForestClassifier.predict")]

    found = assign(graph(units, edges))

    assert role_of(found, "web:Row") == "online_inference"
    row, other = ({r.role: r.confidence for r in u.roles}["online_inference"] for u in found.units[:2])
    assert row > other


def test_only_a_function_that_takes_a_prediction_is_postprocessing():
    units = [unit("m:Answer", kind="class", flags=("takes_prediction", "dataclass"))]

    assert role_of(assign(graph(units, [])), "m:Answer") == "config_util"
