"""A program that parses the arguments of the process it was started in."""

from __future__ import annotations

from pathlib import Path

from tests.unit.scaffold.monoliths import blueprint_of

from decompose import analyze
from decompose.scaffold import emit

PROGRAM = """import argparse
import sys

MODE = None


def train(args):
    return MODE


def main(argv=None):
    parser = argparse.ArgumentParser()
    print(train(parser.parse_args(argv)))


if __name__ == "__main__":
    sys.exit(main())
"""


def harness_of(text: str, folder: Path) -> str:
    """Return what stands where the monolith stood, with all of the program in one service."""
    (folder / "cli.py").write_text(text)
    graph = analyze(folder, cache=False)
    return emit(blueprint_of(graph, {"one": ("cli",)}), graph, {"cli.py": text.encode()}).text("harness/cli.py")


def test_a_command_line_stays_where_it_is_started_and_what_it_runs_is_elsewhere(tmp_path: Path) -> None:
    text = harness_of(PROGRAM, tmp_path)

    assert "parser.parse_args(argv)" in text
    assert '_one.call("train", {"args": args}' in text
    assert text.rstrip().endswith("sys.exit(main())")


def test_a_command_line_that_sets_what_others_read_runs_beside_them(tmp_path: Path) -> None:
    text = harness_of(PROGRAM.replace("    parser = ", "    global MODE\n    MODE = argv\n    parser = "), tmp_path)

    assert "parse_args" not in text
    assert text.rstrip().endswith('raise SystemExit(_one.run("cli", sys.argv))')
