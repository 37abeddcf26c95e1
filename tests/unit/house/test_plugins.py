"""Plug-ins of another distribution: the example package, found by its entry points as when it is installed."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from decompose import analyze, api
from decompose.errors import PlanError
from decompose.ir.partition import Cluster, Partition
from decompose.plugins import PARTITIONERS, TARGETS, load_plugin

PACKAGE = Path(__file__).parents[3] / "examples" / "plugins"
FILES = {
    "shop/__init__.py": "",
    "shop/fit/train.py": "def fit(rows):\n    return sum(rows)\n",
    "shop/serve/app.py": "from shop.fit.train import fit\n\n\ndef answer(rows):\n    return fit(rows)\n",
    "run.py": "from shop.serve.app import answer\n\nif __name__ == '__main__':\n    print(answer([1, 2]))\n",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    info = tmp_path / "site" / "decompose_folders-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
        for group, names in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text("\n".join(groups))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.syspath_prepend(str(PACKAGE / "src"))
    yield
    for name in [name for name in sys.modules if name.startswith("decompose_folders")]:
        del sys.modules[name]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "mono" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "mono"


@pytest.mark.usefixtures("installed")
def test_a_partitioner_of_another_distribution_makes_the_plan(shop: Path) -> None:
    system = analyze(shop, cache=False)

    plan, partitions = api.propose_all(system, partitioner="folders")

    assert [p.name for p in partitions][:2] == ["folders", "recommended"]
    assert partitions[0].metrics["services"] == 2
    placed = api.membership(plan, system)
    assert placed["shop.fit.train:fit"] != placed["shop.serve.app:answer"]
    assert placed["run:<module>"] == "shared"


@pytest.mark.usefixtures("installed")
def test_a_target_of_another_distribution_writes_its_files(shop: Path) -> None:
    system = analyze(shop, cache=False)
    plan, _ = api.propose_all(system, partitioner="folders")

    tree, _ = api.generate_all(plan, system, root=shop, targets=["procfile"])

    lines = tree.text("Procfile").splitlines()
    assert {line.partition(":")[0] for line in lines} == {service.name for service in plan.services}
    assert all("python services/" in line for line in lines)


@pytest.mark.usefixtures("installed")
def test_both_are_found_by_name() -> None:
    assert callable(load_plugin(PARTITIONERS, "folders"))
    assert callable(load_plugin(TARGETS, "procfile"))


@pytest.mark.parametrize(
    ("clusters", "message"),
    [
        ({"a": ("shop.fit.train:nothing",)}, "no module-level unit `shop.fit.train:nothing`"),
        ({"a": ("shop.fit.train:fit",), "b": ("shop.fit.train:fit",)}, "`shop.fit.train:fit` stands in 2 clusters"),
        ({"a": ("shop.fit.train:fit",)}, "stands nowhere"),
    ],
)
def test_what_is_no_partition_of_the_system_is_refused(
    shop: Path, clusters: dict[str, tuple[str, ...]], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Partition(name="odd", clusters=tuple(Cluster(n, "service", m) for n, m in clusters.items()))
    monkeypatch.setattr("decompose.plugins.load_plugin", lambda *_: lambda graph, *, seed: given)

    with pytest.raises(PlanError, match="partitioner `odd`") as caught:
        api.propose_all(analyze(shop, cache=False), partitioner="odd")

    assert message in caught.value.message
