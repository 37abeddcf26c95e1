from xml.etree import ElementTree as ET

from decompose.ir.reports import Check, Equivalence
from decompose.parity import to_json, to_junit, to_markdown

CHECKS = (
    Check(name="t.py::a", outcome="equal"),
    Check(name="t.py::b\x1b[0m", outcome="different", difference="passed, failed <&>", evidence="shop/a.py:3"),
    Check(name="t.py::c", outcome="unreachable", difference="patches `x`"),
    Check(name="svc", outcome="error", kind="exit"),
)
REPORT = Equivalence(system="toy", kind="tests", checks=CHECKS, seconds=1.5, services_started=("a", "b"))


def test_junit_is_well_formed_and_counts_every_outcome():
    suite = ET.fromstring(to_junit(REPORT).encode()).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "4",
        "1",
        "1",
        "1",
    )


def test_markdown_names_what_is_not_equal_and_says_the_verdict():
    text = to_markdown(REPORT)

    assert "Not equivalent" in text
    assert "shop/a.py:3" in text
    assert "\x1b" not in text
    assert "t.py::a" not in text


def test_json_round_trips():
    import msgspec

    assert msgspec.json.decode(to_json(REPORT), type=Equivalence) == REPORT


def test_unreachable_alone_neither_proves_nor_refutes():
    unreachable = Equivalence(system="toy", kind="tests", checks=(CHECKS[2],))
    proved = Equivalence(system="toy", kind="tests", checks=(CHECKS[0], CHECKS[2]))

    assert not unreachable.is_equivalent
    assert proved.is_equivalent
    assert not REPORT.is_equivalent
    assert "Nothing was compared" in to_markdown(unreachable)
