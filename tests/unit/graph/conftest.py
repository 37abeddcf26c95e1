"""Small systems, linked in memory."""

from collections.abc import Callable
from textwrap import dedent

import pytest

from decompose.graph import link
from decompose.ir.facts import ConfigFact, SourceFacts
from decompose.ir.graph import CodeGraph
from decompose.source.parse import read_file


@pytest.fixture
def linked() -> Callable[..., CodeGraph]:
    """Give a function from file texts (and configuration contents, and names of data files) to the linked graph."""

    def build(
        files: dict[str, str], configs: dict[str, object] | None = None, data_files: list[str] | None = None
    ) -> CodeGraph:
        facts = [read_file(path, dedent(text).encode()) for path, text in sorted(files.items())]
        known = [
            ConfigFact(path, "", path.rpartition(".")[2].replace("yml", "yaml"), content)
            for path, content in sorted((configs or {}).items())
        ]
        return link(SourceFacts("system", facts, known, folders=[""], data_files=data_files or []))

    return build
