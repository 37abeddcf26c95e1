"""The hazard corpus: every file is accounted for, none stops the run, none takes long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hard_files import CONFIGS, Hazard, all_hazards, write_corpus, write_odd_files

import decompose
from decompose.ir.codec import decode_graph, encode_graph
from decompose.source.parse import read_file

HAZARDS = all_hazards()


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.name)
def test_a_hard_file_is_read_degraded_or_skipped_in_bounded_time(hazard: Hazard, tmp_path: Path) -> None:
    wanted = write_corpus(tmp_path / "tree", [hazard])
    started = time.process_time()

    graph = decompose.analyze(tmp_path / "tree", cache=False)

    assert time.process_time() - started < 10
    assert [file.path for file in graph.files] == list(wanted)
    found = graph.files[0]
    assert hazard.outcome in {"any", found.outcome}, found.reason
    assert (found.reason == "") == (found.outcome == "analysed")
    assert not any(finding.code in {"DC107", "DC108"} for finding in graph.findings)
    assert decode_graph(encode_graph(graph), path=Path("graph.json")) == graph


def test_all_hard_files_in_one_tree_are_accounted_for_and_leave_the_good_one_alone(tmp_path: Path) -> None:
    wanted = write_corpus(tmp_path, HAZARDS)
    (tmp_path / "good.py").write_text("def f():\n    return g()\ndef g(): return 1\n")
    assert len(wanted) > 120, "enough files for worker processes"

    graph = decompose.analyze(tmp_path, cache=False)

    assert {file.path for file in graph.files} == {*wanted, "good.py"}
    assert any(edge.source == "good:f" and edge.target == "good:g" for edge in graph.edges)


def test_what_analysis_says_of_a_file_does_not_depend_on_the_file_beside_it() -> None:
    alone = {hazard.name: read_file("x.py", hazard.content) for hazard in HAZARDS if len(hazard.content) < 9_000}
    again = {hazard.name: read_file("x.py", hazard.content) for hazard in reversed(HAZARDS) if hazard.name in alone}

    assert alone == again


def test_links_pipes_huge_files_and_odd_names_are_skipped_or_read(tmp_path: Path) -> None:
    write_odd_files(tmp_path)
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "x.py").write_text("x = 1")

    graph = decompose.analyze(tmp_path, cache=False)

    outcome = {file.path: file.outcome for file in graph.files}
    reasons = {file.path: file.reason for file in graph.files}
    for name in ("self.py", "outside.py", "dangling.py", "device.py", "pipe.py", "huge.py", "loop", "bad\\udcff.py"):
        assert outcome[name] == "skipped", name
        assert reasons[name], name
    for name in ("good.py", "new\nline.py", "-rf.py", 'quote".py', "$(touch x).py", "]]>.py", "locked/x.py"):
        assert outcome[name] == "analysed", name
    assert not any("root:" in unit.doc for unit in graph.units)
    assert not any(path.startswith("loop/") for path in outcome)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_hard_configuration_file_costs_no_more_than_itself(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(CONFIGS[name])
    (tmp_path / "good.py").write_text(f"import yaml\ndef f():\n    return yaml.safe_load(open({name!r}))\nf()\n")
    started = time.process_time()

    graph = decompose.analyze(tmp_path, cache=False)

    assert time.process_time() - started < 10
    assert any(unit.symbol == "good:f" for unit in graph.units)
    assert decode_graph(encode_graph(graph), path=Path("graph.json")) == graph


def test_a_file_that_vanishes_between_listing_and_reading_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "gone.py").write_text("x = 1\n")
    read = Path.read_bytes

    def fail(path: Path) -> bytes:
        if path.name == "gone.py":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", fail)

    graph = decompose.analyze(tmp_path, cache=False)

    assert {file.path: file.outcome for file in graph.files} == {"good.py": "analysed", "gone.py": "skipped"}
    assert any(finding.span.path == "gone.py" and "Permission denied" in finding.message for finding in graph.findings)


def test_names_that_collide_keep_units_of_their_own(tmp_path: Path) -> None:
    names = (
        "a.b.c.py", "a/b/c.py", "a/b/__init__.py", "a/__init__.py", "a/b.py", "a.py", "x.py", "x.pyw", "Train.py",
        "train.py", "src/x.py", "src/a/b/c.py", "caf\u00e9.py", "cafe\u0301.py", "colon:x.py", "colon/x.py", "a-b.py",
        "a_b.py", "a b.py", "x/__init__/y.py", "new\nline.py", "__init__.py",
    )  # fmt: skip
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def f(): pass\nf()\n")

    graph = decompose.analyze(tmp_path, cache=False)

    assert len({module.name for module in graph.modules}) == len(names)
    functions = [unit for unit in graph.units if unit.kind == "function"]
    assert len({unit.symbol for unit in functions}) == len(functions) == len(names)
    assert {unit.symbol.partition(":")[0] for unit in functions} == {module.name for module in graph.modules}
    assert next(module.name for module in graph.modules if module.path == "a/__init__.py") == "a"
