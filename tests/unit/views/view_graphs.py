# ruff: noqa: E501, RUF028
"""Graphs written by hand and made by rule, for the tests of pictures and pages."""

from __future__ import annotations

import random

from decompose.ir.findings import Finding, Span
from decompose.ir.graph import (
    Asset,
    CallCoverage,
    CodeGraph,
    Edge,
    EntryPoint,
    FileOutcome,
    Module,
    ResourceTag,
    RoleTag,
    Site,
    State,
    Unit,
)  # fmt: skip
from decompose.ir.plan import Plan, ServicePlan, Verdict

ROLE_BY_FUNCTION = {
    "load_orders": "ingest", "load_events": "ingest", "check_schema": "validation", "build_features": "features", "scale": "features",
    "train_model": "training", "search": "tuning", "Trainer": "training", "report": "evaluation", "promote": "registry",
    "predict": "online_inference", "app": "gateway_ui", "score_batch": "batch_inference", "drift": "monitoring",
    "save_object": "config_util", "Settings": "config_util",
}  # fmt: skip

_CODE = {
    "shop.ingest": ["load_orders", "load_events"],
    "shop.validate": ["check_schema"],
    "shop.features": ["build_features", "scale"],
    "shop.train": ["train_model", "search", "Trainer"],
    "shop.evaluate": ["report"],
    "shop.registry": ["promote"],
    "shop.serve": ["predict", "app"],
    "shop.batch": ["score_batch"],
    "shop.monitor": ["drift"],
    "shop.util": ["save_object", "Settings"],
}

_CALLS = [
    ("shop.train:train_model", "shop.ingest:load_orders"), ("shop.train:train_model", "shop.features:build_features"),
    ("shop.train:train_model", "shop.train:search"), ("shop.train:Trainer.fit", "shop.train:train_model"),
    ("shop.train:search", "shop.evaluate:report"), ("shop.train:Trainer.fit", "shop.registry:promote"),
    ("shop.ingest:load_orders", "shop.validate:check_schema"), ("shop.ingest:load_events", "shop.validate:check_schema"),
    ("shop.features:build_features", "shop.features:scale"), ("shop.features:build_features", "shop.ingest:load_events"),
    ("shop.serve:app", "shop.serve:predict"), ("shop.serve:predict", "shop.features:build_features"),
    ("shop.batch:score_batch", "shop.features:build_features"), ("shop.batch:score_batch", "shop.serve:predict"),
    ("shop.monitor:drift", "shop.features:scale"), ("shop.train:train_model", "shop.util:save_object"),
    ("shop.registry:promote", "shop.util:save_object"), ("shop.ingest:load_orders", "shop.util:Settings"),
]  # fmt: skip


def shop() -> CodeGraph:
    """Return a small system with every kind of record that the views show."""
    units, modules = [], []
    for module, names in _CODE.items():
        path = module.replace(".", "/") + ".py"
        modules.append(Module(name=module, path=path, kind="module", lines=40, externals=("pandas",)))
        units.append(Unit(symbol=f"{module}:<module>", kind="module", module=module, span=Span(path, 1)))
        for number, name in enumerate(names):
            role = ROLE_BY_FUNCTION[name]
            span = Span(path, 10 * number + 5, 0, 10 * number + 12)
            units.append(
                Unit(
                    symbol=f"{module}:{name}",
                    kind="class" if name[0].isupper() else "function",
                    module=module,
                    span=span,
                    statements=7,
                    doc=f"Do what {name} says.",
                    roles=(RoleTag(role=role, confidence=0.8, evidence=(f"{path}:5 name",)),),
                    entry=EntryPoint(kind="route", framework="fastapi", detail="POST /predict")
                    if name == "app"
                    else None,
                    resources=(ResourceTag(resource="cpu"),) if name == "train_model" else (),
                )  # fmt: skip
            )
    units.append(
        Unit(
            symbol="shop.train:Trainer.fit",
            kind="method",
            module="shop.train",
            parent="shop.train:Trainer",
            span=Span("shop/train.py", 27),
        )
    )
    edges = [_call(a, b, n) for n, (a, b) in enumerate(_CALLS)]
    edges += [
        _edge("shop.ingest:load_orders", "asset:data/raw.csv", "read", 7, text="pd.read_csv(RAW)"),
        _edge("shop.ingest:load_orders", "asset:data/clean.parquet", "write", 9, text="frame.to_parquet(CLEAN)"),
        _edge("shop.train:train_model", "asset:data/clean.parquet", "read", 11, text="pd.read_parquet(CLEAN)"),
        _edge("shop.train:Trainer.fit", "asset:models/{name}.pkl", "write", 29, text="save_object(path, model)"),
        _edge("shop.serve:predict", "asset:models/{name}.pkl", "read", 8, text="joblib.load(path)"),
        _edge("shop.serve:predict", "state:shop.util:CACHE", "state_write", 9, text="CACHE[key] = value"),
        _edge("shop.batch:score_batch", "state:shop.util:CACHE", "state_read", 6, text="CACHE.get(key)"),
        _edge("shop.serve:<module>", "shop.train:Trainer", "import", 2, text="from shop.train import Trainer"),
        _edge("shop.serve:app", "shop.monitor:drift", "call", 18, confidence="possible", reason="getattr"),
    ]
    return CodeGraph(
        name="shop", digest="d" * 32, modules=tuple(modules), units=tuple(sorted(units, key=lambda u: u.symbol)),
        edges=tuple(edges),
        assets=(
            Asset(symbol="asset:data/clean.parquet", kind="file", name="data/clean.parquet", format="parquet", columns=("id", "total")),
            Asset(symbol="asset:data/raw.csv", kind="file", name="data/raw.csv", format="csv"),
            Asset(symbol="asset:models/{name}.pkl", kind="model", name="models/{name}.pkl", format="joblib"),
        ),
        states=(State(symbol="state:shop.util:CACHE", kind="cache", span=Span("shop/util.py", 3), type="dict", is_mutated=True),),
        findings=(
            Finding("DC301", "warning", Span("shop/ingest.py", 7), "`data/raw.csv` is read but nothing writes it", "ship it with the service", "asset:data/raw.csv"),
            Finding("DC201", "note", Span("shop/serve.py", 18), "`getattr(module, name)` has no known target"),
        ),
        files=(FileOutcome(path="shop/ingest.py", outcome="analysed"), FileOutcome(path="shop/old.py", outcome="skipped", reason="Python 2")),
        coverage=CallCoverage(total=60, resolved=19, external=38, unresolved=3, causes={"dynamic attribute": 2, "unknown receiver": 1}),
    )  # fmt: skip


def shop_plan() -> tuple[Plan, dict[str, str]]:
    """Return a plan for `shop` and what it makes of each unit."""
    service_by_module = {
        "shop.ingest": "etl", "shop.validate": "etl", "shop.features": "features", "shop.train": "training", "shop.evaluate": "training",
        "shop.registry": "training", "shop.serve": "serving", "shop.batch": "scoring", "shop.monitor": "monitor", "shop.util": "shared",
    }  # fmt: skip
    kinds = {
        "etl": "job",
        "features": "service",
        "training": "job",
        "serving": "gateway",
        "scoring": "job",
        "monitor": "job",
    }
    membership = {u.symbol: service_by_module[u.module] for u in shop().units if "Trainer.fit" not in u.symbol}
    services = tuple(
        ServicePlan.model_validate(
            {
                "name": name,
                "kind": kind,
                "because": f"{name} changes and scales alone",
                "members": sorted(s for s, where in membership.items() if where == name),
            }
        )  # fmt: skip
        for name, kind in kinds.items()
    )
    shared = tuple(sorted(s for s, where in membership.items() if where == "shared"))
    verdict = Verdict(
        decision="split", because=("6 parts differ in resources", "2 edges cross in a loop"), would_change="fewer parts"
    )
    return Plan(system="shop", graph="d" * 32, services=services, shared=shared, verdict=verdict), membership


def made(functions: int, *, seed: int = 0) -> tuple[CodeGraph, Plan, dict[str, str]]:
    """Return a system of a given number of functions, about 2.3 edges each, 12 a module, with a plan of 8 services."""
    rng = random.Random(seed)
    roles = sorted(set(ROLE_BY_FUNCTION.values()))
    services = [f"part_{n}" for n in range(8)]
    modules, units, membership = [], [], {}
    for number in range(functions):
        home = number // 12
        service = services[home * 8 * 12 // functions % 8]
        name, path = f"sys.{service}.mod{home:03d}", f"sys/{service}/mod{home:03d}.py"
        if number % 12 == 0:
            modules.append(Module(name=name, path=path, kind="module", lines=200))
        symbol = f"{name}:function_{number}"
        role = RoleTag(role=roles[services.index(service)], confidence=0.7)
        units.append(
            Unit(
                symbol=symbol,
                kind="function",
                module=name,
                span=Span(path, 10 * (number % 12) + 1),
                statements=8,
                roles=(role,),
            )
        )
        membership[symbol] = service
    names = [u.symbol for u in units]
    edges = []
    for number, symbol in enumerate(names):
        for _ in range(rng.choice((1, 2, 2, 3, 3))):
            near = rng.random() < 0.85
            other = min(functions - 1, max(0, number + rng.randint(-20, 20))) if near else rng.randrange(functions)
            if other != number:
                edges.append(_call(symbol, names[other], number % 12))
    plan = Plan(system="sys", services=tuple(ServicePlan(name=s, members=(f"sys.{s}.*",)) for s in services))
    graph = CodeGraph(name="sys", digest="0" * 32, modules=tuple(modules), units=tuple(units), edges=tuple(edges))
    return graph, plan, membership


def _call(source: str, target: str, number: int) -> Edge:
    path = source.partition(":")[0].replace(".", "/") + ".py"
    return Edge(source=source, target=target, kind="call", sites=(Site(path, 6 + number, 4, number % 2),))


def _edge(
    source: str,
    target: str,
    kind: str,
    line: int,
    *,
    text: str = "",
    confidence: str = "certain",
    reason: str = "direct",
) -> Edge:
    path = source.partition(":")[0].replace(".", "/") + ".py"
    return Edge(
        source=source,
        target=target,
        kind=kind,
        confidence=confidence,
        reason=reason,
        sites=(Site(path, line, 0, 0, text),),
    )
