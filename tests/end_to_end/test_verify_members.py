"""Properties, class methods and operators are replayed in generated workspaces."""

from __future__ import annotations

import pytest

from decompose import api
from decompose.ir.plan import Plan, ServicePlan
from decompose.parity import to_markdown, verify

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]

BOX = """
class Box:
    def __init__(self, items):
        self._items = list(items)

    @classmethod
    def of(cls, *items):
        return cls(items)

    @classmethod
    def limit(cls, factor):
        return 10 * factor

    @property
    def total(self):
        return sum(self._items)

    def __call__(self, factor):
        return [factor * item for item in self._items]

    def __len__(self):
        return len(self._items)

    def __getitem__(self, at):
        return self._items[at]

    def __contains__(self, item):
        return item in self._items
"""
USE = """
from box import Box


def use():
    box = Box([1, 2, 3])
    return [Box.of(4, 5).total, Box.limit(3), box.total, box(2), len(box), box[1], 2 in box]


if __name__ == "__main__":
    print(use())
"""
CHANGES = {
    "Box.limit": ("10 * factor", "11 * factor"),
    "Box.total": ("sum(self._items)", "float(sum(self._items))"),
    "Box.__call__": ("factor * item for", "item * factor + 0.5 for"),
    "Box.__len__": ("return len(self._items)", "return len(self._items) + 1"),
    "Box.__getitem__": ("self._items[at]", "self._items[at - 1]"),
    "Box.__contains__": ("return item in", "return item not in"),
}


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    folder = tmp_path_factory.mktemp("members")
    root = folder / "monolith"
    root.mkdir()
    (root / "box.py").write_text(BOX)
    (root / "use.py").write_text(USE)
    services = (
        ServicePlan(name="boxes", kind="service", members=("box:*",)),
        ServicePlan(name="users", kind="job", members=("use:*",)),
    )
    tree = api.generate(Plan(system="toy", services=services), api.analyze(root), root=root)
    api.write_tree(tree, folder / "out")
    return root, folder / "out"


def test_every_member_is_replayed_and_a_change_in_any_is_found(system):
    root, out = system
    file = out / "services" / "boxes" / "src" / "box.py"
    text = file.read_text()

    same = verify(out, root=root, kind="replay", driver=["python", "use.py"])
    changed = text
    for old, new in CHANGES.values():
        assert old in changed
        changed = changed.replace(old, new)
    file.write_text(changed)
    try:
        differing = verify(out, root=root, kind="replay", driver=["python", "use.py"])
    finally:
        file.write_text(text)

    assert same.is_equivalent, to_markdown(same)
    replayed = {check.name.partition(" #")[0] for check in same.checks}
    assert replayed == {"box:Box", "box:Box.of", *(f"box:{name}" for name in CHANGES)}
    wrong = {check.name.partition(" #")[0] for check in differing.checks if check.outcome == "different"}
    assert wrong == {f"box:{name}" for name in CHANGES}
