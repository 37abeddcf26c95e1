import json
from datetime import date
from xml.etree import ElementTree

import msgspec
import pytest

from decompose import gate
from decompose.errors import ConfigError, RenderError
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Module, Site, State, Unit
from decompose.ir.plan import Circle, Limits, Plan, ServicePlan
from decompose.ir.violations import Violations


def unit(symbol: str, kind: str = "function") -> Unit:
    module = symbol.partition(":")[0]
    return Unit(symbol=symbol, kind=kind, module=module, span=Span(f"{module}.py", 1))


def edge(source: str, target: str, kind: str = "call", line: int = 3, confidence: str = "certain") -> Edge:
    site = Site(f"{source.partition(':')[0]}.py", line)
    return Edge(source=source, target=target, kind=kind, confidence=confidence, sites=(site,))


def system(*edges: Edge, states: tuple[State, ...] = ()) -> CodeGraph:
    units = [unit(f"{m}:{n}") for m in "abc" for n in ("f", "g")]
    units += [unit(f"{m}:<module>", "module") for m in "abc"] + [unit("a:C", "class"), unit("b:D", "class")]
    modules = tuple(Module(name=m, path=f"{m}.py", kind="module") for m in "abc")
    ordered = tuple(sorted(units, key=lambda u: u.symbol))
    return CodeGraph(name="s", digest="", modules=modules, units=ordered, edges=edges, states=states)


def plan(**changes: object) -> Plan:
    services = [ServicePlan(name=m, members=(f"{m}:*",)) for m in "abc"]
    services[1] = services[1].model_copy(update=changes)
    return Plan(system="s", services=tuple(services))


def contracts(result: Violations) -> list[str]:
    return [v.contract for v in result.violations if not v.is_accepted]


def test_a_plain_call_across_services_is_no_violation() -> None:
    result = gate.check(plan(), system(edge("a:f", "b:f")))

    assert result.is_clean
    assert contracts(result) == []


def test_a_base_class_in_another_service_is_not_independent() -> None:
    result = gate.check(plan(), system(edge("a:C", "b:D", "inherit")))

    assert contracts(result) == ["independent"]
    assert not result.is_clean


def test_work_done_on_import_in_another_service_is_not_independent() -> None:
    assert contracts(gate.check(plan(), system(edge("a:<module>", "b:f")))) == ["independent"]


def test_only_what_a_service_exposes_may_be_used() -> None:
    graph = system(edge("a:f", "b:f"), edge("a:f", "b:g"))

    result = gate.check(plan(exposes=("b:f",)), graph)

    assert [(v.contract, v.target) for v in result.violations] == [("only_exposed", "b:g")]


def test_an_exposed_method_allows_its_class() -> None:
    assert contracts(gate.check(plan(exposes=("b:D.run",)), system(edge("a:f", "b:D")))) == []


def test_state_changed_in_one_service_and_read_in_another_is_shared() -> None:
    state = State(symbol="state:a:CACHE", kind="cache", span=Span("a.py", 1))
    graph = system(edge("a:f", state.symbol, "state_write"), edge("b:f", state.symbol, "state_read"), states=(state,))

    assert contracts(gate.check(plan(), graph)) == ["no_shared_state"]


def test_state_that_only_one_service_sees_is_not_shared() -> None:
    state = State(symbol="state:a:CACHE", kind="cache", span=Span("a.py", 1))
    graph = system(edge("a:f", state.symbol, "state_write"), edge("a:g", state.symbol, "state_read"), states=(state,))

    assert contracts(gate.check(plan(), graph)) == []


def test_an_owned_asset_has_one_writer() -> None:
    graph = system(edge("a:f", "asset:x.csv", "write"), edge("b:f", "asset:x.csv", "write"))

    result = gate.check(plan(owns=("asset:x.csv",)), graph)

    assert [(v.contract, v.source) for v in result.violations] == [("one_writer", "a:f")]


def test_two_sides_of_a_rule_in_one_service_are_not_apart() -> None:
    together = plan(members=("b:*", "c:f")).model_copy(update={"apart": (("a:*", "b:*", "c:*"),)})

    result = gate.check(together, system())

    assert [(v.contract, v.code, v.source, v.target) for v in result.violations] == [
        ("apart", "DC610", "b:<module>", "c:f")
    ]
    assert [site.path for site in result.violations[0].sites] == ["b.py", "c.py"]
    assert contracts(gate.check(together.model_copy(update={"apart": (("a:*", "b:*"),)}), system())) == []


def test_a_service_above_the_limit_is_too_large_and_one_at_it_is_not() -> None:
    inner = (unit("a:C.m", "method"), unit("a:C.n", "method"))
    graph = msgspec.structs.replace(system(), units=(*system().units, *inner))

    def limited(size: int) -> Violations:  # a holds f, g, C with two methods; its body has nothing of its own
        return gate.check(plan().model_copy(update={"limits": Limits(max_size=size)}), graph)

    assert [(v.contract, v.code, v.source) for v in limited(4).violations] == [("limits", "DC611", "a")]
    assert contracts(limited(5)) == []
    assert limited(0).is_clean


def test_services_that_call_each_other_round_are_named_once() -> None:
    result = gate.check(plan(), system(edge("a:f", "b:f"), edge("b:f", "c:f"), edge("c:f", "a:f")))

    assert contracts(result) == ["acyclic"]
    assert "`a` -> `b` -> `c` -> `a`" in result.violations[0].message
    assert len(result.violations[0].sites) == 3


def test_a_circle_that_the_plan_accepts_is_no_violation_and_another_is() -> None:
    accepted = plan().model_copy(update={"circles": (Circle(services=("a", "b")),)})

    assert contracts(gate.check(accepted, system(edge("a:f", "b:f"), edge("b:f", "a:f")))) == []
    assert contracts(gate.check(accepted, system(edge("a:f", "c:f"), edge("c:f", "a:f")))) == ["acyclic"]


def test_a_unit_that_the_plan_does_not_name_is_a_warning() -> None:
    result = gate.check(Plan(system="s", services=(ServicePlan(name="a", members=("a:*", "b:*", "c:f")),)), system())

    assert [(v.contract, v.level, v.source) for v in result.violations] == [("placed", "warning", "c:g")]
    assert result.is_clean


def test_the_baseline_accepts_what_was_there_and_nothing_else() -> None:
    before = system(edge("a:C", "b:D", "inherit"))
    baseline = gate.read_baseline(gate.render_baseline(gate.check(plan(), before)))

    same = gate.check(plan(), before, baseline=baseline)
    worse = gate.check(plan(), system(*before.edges, edge("a:g", "c:g")), baseline=baseline)

    assert same.is_clean
    assert [v.is_accepted for v in same.violations] == [True]
    assert contracts(worse) == ["no_new_edges"]


def test_a_mended_violation_is_stale_and_leaves_the_baseline() -> None:
    baseline = gate.read_baseline(gate.render_baseline(gate.check(plan(), system(edge("a:C", "b:D", "inherit")))))

    result = gate.check(plan(), system(), baseline=baseline)

    assert result.is_clean
    assert len(result.stale) == 1
    assert gate.read_baseline(gate.render_baseline(result, baseline)).accepted == ()


def test_an_exception_ends_on_its_day() -> None:
    graph = system(edge("a:C", "b:D", "inherit"))
    stored = json.loads(gate.render_baseline(gate.check(plan(), graph)))
    stored["accepted"][0] |= {"reason": "until the move", "until": "2026-03-01"}
    baseline = gate.read_baseline(json.dumps(stored))

    assert gate.check(plan(), graph, baseline=baseline, today=date(2026, 3, 1)).is_clean
    assert not gate.check(plan(), graph, baseline=baseline, today=date(2026, 3, 2)).is_clean


def test_an_exception_that_matches_nothing_is_an_error() -> None:
    stored = {"accepted": [{"fingerprint": "0" * 24, "reason": "gone", "until": "2030-01-01"}]}

    assert contracts(gate.check(plan(), system(), baseline=gate.read_baseline(json.dumps(stored)))) == ["ignores"]


def test_an_exception_without_an_end_is_refused() -> None:
    with pytest.raises(ConfigError, match="no end"):
        gate.read_baseline('{"accepted": [{"fingerprint": "x", "reason": "because"}]}')


def test_a_damaged_baseline_says_where() -> None:
    with pytest.raises(ConfigError, match="accepted"):
        gate.read_baseline('{"accepted": 3}', "b.json")


def test_fingerprints_outlive_lines_added_above() -> None:
    first = gate.check(plan(), system(edge("a:C", "b:D", "inherit", line=3), edge("a:f", "b:f", line=9)))
    later = gate.check(plan(), system(edge("a:C", "b:D", "inherit", line=23), edge("a:f", "b:f", line=29)))

    assert [v.fingerprint for v in first.violations] == [v.fingerprint for v in later.violations]
    assert first.crossings == later.crossings


@pytest.fixture
def broken() -> Violations:
    return gate.check(plan(exposes=("b:g",)), system(edge("a:C", "b:D", "inherit"), edge("c:f", "b:f")))


def test_text_ends_with_the_answer(broken: Violations) -> None:
    out = gate.render(broken, "text")

    assert out.splitlines()[-1] == "s: the boundaries do not hold: 3 violated"
    assert "a.py:3: DC601 error" in out


def test_sarif_has_rules_lines_and_fingerprints(broken: Violations) -> None:
    run = json.loads(gate.render(broken, "sarif"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert len(run["results"]) == 3
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
        assert len(result["partialFingerprints"]["decompose/v1"]) == 24


def test_sarif_marks_what_the_baseline_accepts_as_suppressed(broken: Violations) -> None:
    baseline = gate.read_baseline(gate.render_baseline(broken))
    graph = system(edge("a:C", "b:D", "inherit"), edge("c:f", "b:f"))

    results = json.loads(gate.render(gate.check(plan(exposes=("b:g",)), graph, baseline=baseline), "sarif"))["runs"][0][
        "results"
    ]

    assert all(result["suppressions"][0]["kind"] == "external" for result in results)


def test_junit_is_xml_with_a_failure_a_contract(broken: Violations) -> None:
    suite = ElementTree.fromstring(gate.render(broken, "junit"))

    assert suite.get("failures") == "2"
    assert [case.get("name") for case in suite if len(case)] == ["independent", "only_exposed"]


def test_json_is_the_record(broken: Violations) -> None:
    stored = json.loads(gate.render(broken, "json"))
    assert stored.pop("is_clean") is False
    assert msgspec.convert(stored, Violations) == broken


def test_github_commands_cannot_be_injected() -> None:
    graph = system(edge("a:C", "b:D", "inherit"))
    evil = gate.check(plan(), graph).violations[0]
    fields = {n: getattr(evil, n) for n in evil.__struct_fields__}
    message = "x\n::set-output name=a::b"
    sites = (Site("a,b:c\n.py", 1),)
    bad = Violations(system="s", violations=(type(evil)(**fields | {"message": message, "sites": sites}),))

    first = gate.render(bad, "github").splitlines()[0]

    assert first.startswith("::error file=a%2Cb%3Ac%0A.py,line=1,")
    assert "x%0A::set-output" in first


def test_github_shows_ten_and_counts_the_rest() -> None:
    one = gate.check(plan(), system(edge("a:C", "b:D", "inherit"))).violations[0]
    out = gate.render(Violations(system="s", violations=(one,) * 14), "github")

    assert sum(line.startswith("::error") for line in out.splitlines()) == 10
    assert "::notice title=decompose::4 more" in out


def test_an_unknown_format_names_the_known_ones(broken: Violations) -> None:
    with pytest.raises(RenderError) as error:
        gate.render(broken, "xml")
    assert "sarif" in error.value.hint


def test_places_are_named_from_where_the_reader_stands(broken: Violations) -> None:
    placed = gate.below(broken, "services/mono")

    assert placed.violations[0].sites[0].path == f"services/mono/{broken.violations[0].sites[0].path}"
    assert [v.fingerprint for v in placed.violations] == [v.fingerprint for v in broken.violations]
    assert gate.below(broken, "") is broken
