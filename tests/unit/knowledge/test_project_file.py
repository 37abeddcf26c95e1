"""A project's own knowledge file and its list of findings that it does not want to see."""

from pathlib import Path

import decompose
from decompose.api import choose_findings

HOUSE = """
library = "house"

[[api]]
role = "ingest"
weight = 3.0
effect = "read"
asset = "table"
names = "house.load(table)->pandas.DataFrame"
"""
SOURCE = (
    "import house\nimport joblib\n\n\ndef fetch(x):\n    joblib.dump(x, 'a/x.pkl')\n    return house.load('orders')\n"
)


def project(folder: Path, settings: str) -> Path:
    """Write a small project with one call of a library that only its own file knows."""
    (folder / "house.toml").write_text(HOUSE)
    (folder / "main.py").write_text(SOURCE)
    (folder / "pyproject.toml").write_text(f"[tool.decompose]\n{settings}\n")
    return folder


def test_a_projects_own_file_names_its_assets_and_roles(tmp_path: Path):
    system = decompose.analyze(project(tmp_path, 'knowledge = ["house.toml"]'), cache=False)

    fetch = next(unit for unit in system.units if unit.symbol == "main:fetch")
    assert fetch.roles[0].role == "ingest"
    assert fetch.signature.return_types[0].type == "pandas.DataFrame"
    assert ("main:fetch", "table:orders") in {(e.source, e.target) for e in system.edges if e.kind == "read"}


def test_findings_are_chosen_by_the_beginning_of_their_code(tmp_path: Path):
    system = decompose.analyze(project(tmp_path, ""), cache=False)

    assert {x.code for x in system.findings} == {"DC302"}
    assert choose_findings(system, select=("DC30",)).findings == system.findings
    assert choose_findings(system, select=("DC1",)).findings == ()
    assert choose_findings(system, ignore=("DC302",)).findings == ()


def test_a_project_may_ignore_findings(tmp_path: Path):
    system = decompose.analyze(project(tmp_path, 'ignore = ["DC302"]'), cache=False)

    assert system.findings == ()
