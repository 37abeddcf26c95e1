"""P4: one input gives one output, byte for byte: whatever the hash seed, the order of files, and the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import contents, decompose
from toy import write_toy

NOT_THE_RESULT = ("services/monolith.json", ".decompose/cache")
"""Where the monolith stands, and the cache."""


def _outputs(work: Path, *, seed: int, backwards: bool) -> dict[str, bytes]:
    write_toy(work / "toy", backwards=backwards)
    for words in (("analyze", "toy"), ("generate", "toy"), ("review", "toy", "--html", "page.html")):
        done = decompose(*words, cwd=work, PYTHONHASHSEED=str(seed))
        assert done.returncode == 0, done.stderr
    return {path: data for path, data in contents(work).items() if not path.startswith(NOT_THE_RESULT)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _outputs(tmp_path_factory.mktemp("first"), seed=0, backwards=False)


@pytest.mark.parametrize(("seed", "backwards"), [(1, True), (2, False), (77, True)])
def test_graph_plan_services_and_page_have_the_same_bytes(
    seed: int, backwards: bool, first: dict[str, bytes], tmp_path: Path
) -> None:
    again = _outputs(tmp_path / "a deeper" / "folder", seed=seed, backwards=backwards)

    assert {".decompose/graph.json", "decompose.yaml", "page.html", "services/run.py"} <= first.keys()
    assert again.keys() == first.keys()
    assert [path for path in first if first[path] != again[path]] == []
