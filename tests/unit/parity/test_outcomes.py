from decompose.parity.outcomes import compare_suites
from decompose.parity.patches import MovedCode, Patch
from decompose.parity.suite import CaseResult, SuiteRun

MOVED = MovedCode(modules=("shop.train",))
PATCH = Patch(target="shop.train.save", path="tests/test_a.py", line=3)


def _run(**outcomes):
    tests = []
    for name, outcome in sorted(outcomes.items()):
        word, _, exception = outcome.partition(" ")
        tests.append(CaseResult(id=f"t.py::{name}", outcome=word, exception=exception, message=exception))
    return SuiteRun(tests=tuple(tests))


def _outcome(one, other, again=None, patches=None):
    runs = [_run(test=text) if text else _run() for text in (one, other)]
    third = _run(test=again) if again else None
    (check,) = compare_suites(*runs, again=third, patches=patches or {}, moved=MOVED)
    return check


def test_the_same_outcome_is_equal():
    assert _outcome("passed", "passed").outcome == "equal"
    assert _outcome("failed ValueError", "failed ValueError").outcome == "equal"
    assert _outcome("skipped", "skipped").outcome == "skipped"


def test_another_outcome_or_exception_is_different():
    assert _outcome("passed", "failed ValueError").outcome == "different"
    assert _outcome("failed ValueError", "failed KeyError").outcome == "different"
    assert _outcome("failed ValueError", "passed").outcome == "different"
    assert _outcome("passed", "skipped").outcome == "different"


def test_a_test_that_got_lost_is_different_not_forgotten():
    check = _outcome("passed", "")

    assert check.outcome == "different"
    assert "not collected" in check.difference


def test_what_the_monolith_does_not_repeat_is_nondeterministic():
    assert _outcome("passed", "failed ValueError", again="failed ValueError").outcome == "nondeterministic"


def test_a_patch_excuses_only_a_failure_across_the_services():
    patches = {"t.py::test": (PATCH,)}

    assert _outcome("passed", "failed AssertionError", patches=patches).outcome == "unreachable"
    assert _outcome("passed", "failed ConnectionRefusedError", patches=patches).outcome == "different"
    assert _outcome("passed", "error service_runtime.errors.RemoteCallError", patches=patches).outcome == "different"
    assert _outcome("passed", "passed", patches=patches).outcome == "equal"
    assert _outcome("failed ValueError", "failed KeyError", patches=patches).outcome == "different"


def test_a_file_that_cannot_be_collected_explains_its_lost_tests():
    monolith = _run(test="passed")
    broken = CaseResult(id="t.py", outcome="error", exception="ImportError", message="cannot import name 'save'")
    services = SuiteRun(tests=(broken,))

    checks = compare_suites(monolith, services, patches={}, moved=MOVED)

    assert any(c.name == "t.py::test" and "cannot import name" in c.difference for c in checks)
