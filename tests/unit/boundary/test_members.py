"""Which unit an entry means, and the fewest entries that mean a choice of units."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decompose.boundary.members import check_members, check_rules, compact
from decompose.errors import PlanError
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.ir.membership import Claim, home, locks, match, membership
from decompose.ir.plan import Plan, ServicePlan
from decompose.ir.symbols import module_of

SYMBOLS = (
    "shop.train:<module>", "shop.train:fit", "shop.train.loop:step", "shop.util:save", "shop.utility:x",
    "nb/e.ipynb:cell_1",
)  # fmt: skip


def graph(*symbols: str, notebooks: bool = True) -> CodeGraph:
    names = sorted({module_of(symbol) for symbol in symbols})
    return CodeGraph(
        name="shop",
        digest="0",
        modules=tuple(Module(name=n, path=n, kind="notebook" if n.endswith(".ipynb") else "module") for n in names),
        units=tuple(
            Unit(symbol=s, kind="function", module=module_of(s), span=Span(path=module_of(s))) for s in symbols
        ),
        edges=(),
    )


def plan(*services: ServicePlan, **rest: tuple[str, ...]) -> Plan:
    return Plan.model_validate({"system": "shop", "services": services, **rest})


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("shop.train.*", {"shop.train:<module>", "shop.train:fit", "shop.train.loop:step"}),
        ("shop.train", {"shop.train:<module>", "shop.train:fit", "shop.train.loop:step"}),
        ("shop.train:*", {"shop.train:<module>", "shop.train:fit"}),
        ("shop.util", {"shop.util:save"}),
        ("shop.util:save", {"shop.util:save"}),
        ("shop.*", set(SYMBOLS) - {"nb/e.ipynb:cell_1"}),
        ("nb/e.ipynb", {"nb/e.ipynb:cell_1"}),
        ("*", set(SYMBOLS)),
        ("shop.nothing", set()),
    ],
)
def test_what_an_entry_means(pattern: str, matched: set[str]) -> None:
    assert set(match([Claim(pattern, "s")], SYMBOLS)) == matched


def test_the_most_specific_entry_wins_whatever_the_order() -> None:
    patterns = {"shop.*": "a", "shop.train.*": "b", "shop.train:*": "c", "shop.train:fit": "d"}
    entries = [Claim(pattern, service) for pattern, service in patterns.items()]

    for order in (entries, entries[::-1]):
        placed = match(order, SYMBOLS)
        assert [placed[s] for s in SYMBOLS[:4]] == ["c", "d", "b", "a"]


def test_new_code_stands_where_its_module_stands_then_its_package() -> None:
    made = plan(ServicePlan(name="training", members=("shop.train:fit",)), ServicePlan(name="web", members=("web",)))

    units = ("shop.train:fit", "shop.train:new", "shop.other:x", "web:page", "lone:y", "e.ipynb:cell_0")

    placed = membership(made, graph(*units))

    assert placed == {
        "e.ipynb:cell_0": "offline", "lone:y": "shared", "shop.other:x": "training", "shop.train:fit": "training",
        "shop.train:new": "training", "web:page": "web",
    }  # fmt: skip


def test_dead_code_has_a_home_all_the_same() -> None:
    placed = {"shop.train:fit": "training", "shop.train:old": "dead"}

    assert home(graph(*placed), placed)["shop.train:old"] == "training"


def test_locks_hold_members_and_a_star_holds_all() -> None:
    made = plan(
        ServicePlan(name="a", members=("shop.train.*",), locked=("shop.train:fit",)),
        ServicePlan(name="b", members=("shop.util.*",), locked=("*",)),
    )

    assert locks(made, SYMBOLS) == {"shop.train:fit": "a", "shop.util:save": "b"}


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        ("shop.util:saev", "did you mean `shop.util:save`?"),
        ("shop.train:Net.fit", "a class stays in one piece: name `shop.train:Net`"),
    ],
)
def test_an_unknown_symbol_is_an_error_with_its_line(member: str, hint: str) -> None:
    text = f"system: shop\nservices:\n  - name: a\n    members:\n      - {member}\n"

    with pytest.raises(PlanError) as caught:
        known = graph("shop.util:save", "shop.train:Net")
        check_members(plan(ServicePlan(name="a", members=(member,))), known, text=text)

    assert caught.value.message == f"decompose.yaml:5: no symbol `{member}` in the analysed source"
    assert hint in caught.value.hint


def test_one_symbol_in_two_services_is_an_error() -> None:
    twice = plan(ServicePlan(name="a", members=("m:f",)), ServicePlan(name="b", members=("m:f",)))

    with pytest.raises(PlanError, match="stands in `a` and in `b`"):
        check_members(twice, graph("m:f"))


def test_a_whole_package_is_one_entry_and_exceptions_are_named() -> None:
    placed = {f"shop.train.m{i}:f": "training" for i in range(6)}
    placed |= {"shop.train.m0:g": "web", "shop.util:a": "web", "shop.util:b": "web"}

    found = compact(placed)

    assert found == {"training": ("shop.train.*",), "web": ("shop.train.m0:g", "shop.util:*")}


symbols = st.builds(
    "{}:{}".format,
    st.sampled_from(["a", "a.b", "a.b.c", "a.d", "e", "e.f", "n/x.ipynb"]),
    st.sampled_from(["f", "g", "h", "<module>"]),
)


@settings(deadline=None)
@given(st.dictionaries(symbols, st.sampled_from(["one", "two", "three", "shared"]), min_size=1))
def test_entries_mean_what_they_were_made_of(placed: dict[str, str]) -> None:
    entries = [Claim(pattern, service) for service, patterns in compact(placed).items() for pattern in patterns]

    assert match(entries, sorted(placed)) == placed


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        (("shop.trian:*", "shop.util:*"), "plan.yaml:4: no unit is kept apart by `shop.trian:*`", "`shop.train:*`"),
        (
            ("shop.train:fit", "shop.util:sve"),
            "plan.yaml:4: no unit is kept apart by `shop.util:sve`",
            "`shop.util:save`",
        ),
        (("shop.train:fit", "shop.util:save"), "both locked in `a`", "unlock"),
    ],
)
def test_rules_that_cannot_be_kept_name_line_and_mend(rule: tuple[str, ...], message: str, hint: str) -> None:
    locked = "['shop.train:fit', 'shop.util:save']"
    text = f"services:\n  - {{name: a, members: ['*'], locked: {locked}}}\napart:\n  - [{', '.join(rule)}]\n"
    service = ServicePlan(name="a", members=("*",), locked=("shop.train:fit", "shop.util:save"))

    with pytest.raises(PlanError) as caught:
        check_rules(plan(service, apart=(rule,)), graph(*SYMBOLS), text=text, path="plan.yaml")

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_what_every_service_runs_first_is_shared_whatever_the_entries_say():
    services = ServicePlan(name="a", members=("shop.util:*",)), ServicePlan(name="b", members=("shop.*",))

    placed = membership(plan(*services, startup=("shop.util",)), graph(*SYMBOLS))

    assert placed["shop.util:save"] == "shared"
    assert placed["shop.utility:x"] == "b"


def test_a_module_to_run_first_that_is_not_there_is_named_with_its_line():
    text = "services:\n  - {name: a, members: ['*']}\nstartup:\n  - shop.utli\n"
    service = ServicePlan(name="a", members=("*",))

    with pytest.raises(PlanError, match=r"plan.yaml:4: no module `shop.utli`") as caught:
        check_members(plan(service, startup=("shop.utli",)), graph(*SYMBOLS), text=text, path="plan.yaml")

    assert "`shop.util`" in (caught.value.hint or "")
