"""What a coding assistant may ask, through the official client."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from decompose import assistant
from decompose.assistant import Desk

SOURCE = """import pandas as pd


def load():
    return pd.read_csv("data/in.csv")


def train(frame):
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(frame[["a"]], frame["b"])


if __name__ == "__main__":
    train(load())
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mono").mkdir()
    (tmp_path / "mono" / "job.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return Path("mono")


def test_every_question_is_answered_and_described(root: Path) -> None:
    desk = Desk(root, Path("decompose.yaml"))

    assert desk.overview()["symbols"]["function"] == 2
    assert "job:train" in [row["symbol"] for row in desk.units(role="training")["units"]]
    assert "job:load" not in [row["symbol"] for row in desk.units(role="training")["units"]]
    assert "read" in desk.explain("job:load")["text"]
    assert desk.explain("job:<module>", "job:load")["text"]
    assert desk.plan()["verdict"]["decision"] == "stay"
    assert desk.plan()["is_proposal"]
    assert desk.assets("in.csv")["assets"][0]["read_by"] == ["job:load"]
    assert desk.findings()["left_out"] == 0
    assert all(edge["verdict"] and edge["why"] for edge in desk.hazards()["edges"])
    assert desk.hazards()["left_out"] == 0
    assert all(tool.__doc__ for tool in desk.tools())


def test_long_answers_are_cut_and_say_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "MOST_ROWS", 1)

    answer = Desk(root, Path("decompose.yaml")).units()

    assert len(answer["units"]) == 1
    assert answer["left_out"] == 2


def test_the_server_speaks_the_protocol(root: Path) -> None:
    pytest.importorskip("mcp")
    from mcp import Client

    async def ask() -> tuple[list[str], Any]:
        async with Client(assistant.build(root, Path("decompose.yaml"))) as client:
            tools = await client.list_tools()
            answer = await client.call_tool("units", {"contains": "load"})
            return [tool.name for tool in tools.tools], answer

    names, answer = asyncio.run(ask())

    assert sorted(names) == ["assets", "explain", "findings", "hazards", "overview", "plan", "units"]
    assert json.loads(answer.content[0].text)["units"][0]["symbol"] == "job:load"
