"""Recorded and varied calls, made again in a monolith and across its services."""

import parity_toy
import pytest

from decompose.parity import to_markdown, verify


def _replace(path, old, new):
    def change(text):
        assert old in text
        return text.replace(old, new)

    return {path: change}


def test_recorded_calls_give_the_same_on_both_sides(tmp_path):
    root, out = parity_toy.build(tmp_path)

    result = verify(out, root=root, kind="replay")

    operations = {check.name.partition(" #")[0] for check in result.checks}
    assert result.is_equivalent, to_markdown(result)
    assert {"shop.clean:clip", "shop.train:Scaler", "shop.train:Scaler.transform"} <= operations
    assert any("operations were called" in note for note in result.notes)


def test_calls_of_a_driver_are_recorded_too(tmp_path):
    root, out = parity_toy.build(tmp_path)

    result = verify(out, root=root, kind="replay", driver=["python", "main.py"])

    assert result.is_equivalent
    assert any(check.name.startswith("shop.clean:stamp") for check in result.checks)


@pytest.mark.parametrize(
    ("change", "operation", "told"),
    [
        (
            _replace("shop/clean.py", 'frame["price"] = ', "frame = frame.copy()\n    frame['price'] = "),
            "clip",
            "after the call",
        ),
        (_replace("shop/clean.py", "raise KeyError(column)", "raise ValueError(column)"), "require", "ValueError"),
        (_replace("shop/train.py", "seed=7", "seed=8"), "sample", "result[0]"),
    ],
    ids=["mutation lost", "another exception", "another default"],
)
def test_a_change_names_operation_place_and_first_difference(tmp_path, change, operation, told):
    root, out = parity_toy.build(tmp_path, change)

    result = verify(out, root=root, kind="replay")

    wrong = [check for check in result.checks if check.outcome == "different"]
    assert {check.name.partition(" #")[0].rpartition(":")[2] for check in wrong} == {operation}
    assert all(told in check.difference for check in wrong)
    assert all(check.evidence.startswith("shop/") for check in wrong)


def test_variants_of_calls_find_what_no_test_looks_at(tmp_path):
    change = _replace("shop/clean.py", "values[0] if values else None", 'values[0] if values else float("nan")')
    root, out = parity_toy.build(tmp_path, change)

    recorded = verify(out, root=root, kind="replay", driver=["python", "main.py"])
    varied = verify(out, root=root, kind="contracts", driver=["python", "main.py"])

    assert recorded.is_equivalent
    wrong = [check for check in varied.checks if check.outcome == "different"]
    assert wrong
    assert all(check.name.startswith("shop.clean:first_note") for check in wrong)


def test_what_a_method_leaves_in_its_object_is_compared(tmp_path):
    kept = "+ self.shift\n"
    root, out = parity_toy.build(tmp_path, _replace("shop/train.py", kept, f"{kept}        self.shift = 9.0\n"))

    result = verify(out, root=root, kind="replay")

    wrong = {c.name.partition(" #")[0]: c.difference for c in result.checks if c.outcome == "different"}
    assert set(wrong) == {"shop.train:Scaler.fit", "shop.train:Scaler.transform"}
    assert wrong["shop.train:Scaler.fit"].startswith("attributes after the call['shift']")


def test_variants_reach_the_methods_of_recorded_objects(tmp_path):
    old = "return np.asarray(values, dtype=float) - self.mean"
    new = "return np.maximum(np.asarray(values, dtype=float) - self.mean, 0)"
    root, out = parity_toy.build(tmp_path, _replace("shop/train.py", old, new))

    varied = verify(out, root=root, kind="contracts", driver=["python", "main.py"])

    wrong = {check.name.partition(" #")[0] for check in varied.checks if check.outcome == "different"}
    assert wrong == {"shop.train:Scaler.transform"}
