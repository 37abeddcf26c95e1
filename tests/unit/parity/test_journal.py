from pathlib import Path

import pytest

from decompose.ir.reports import Kill
from decompose.parity.journal import Journal, bar, key_of


def _forbidden():
    raise AssertionError("measured again")


def test_a_finished_step_is_not_done_again(tmp_path):
    file = tmp_path / "journal.jsonl"
    Journal(file, key="a").once("kill", Kill, lambda: Kill(killed="x", failed=("e",)))

    again = Journal(file, key="a")

    assert again.has("kill")
    assert again.once("kill", Kill, _forbidden) == Kill(killed="x", failed=("e",))


def test_an_interruption_keeps_what_was_done_before_it(tmp_path):
    file = tmp_path / "journal.jsonl"
    journal = Journal(file, key="a")
    journal.once("one", float, lambda: 1.0)

    with pytest.raises(KeyboardInterrupt):
        journal.once("two", float, _interrupt)

    again = Journal(file, key="a")
    assert again.once("one", float, _forbidden) == 1.0
    assert not again.has("two")


def _interrupt():
    raise KeyboardInterrupt


def test_steps_of_another_comparison_do_not_count(tmp_path):
    file = tmp_path / "journal.jsonl"
    Journal(file, key="a").once("one", float, lambda: 1.0)

    assert Journal(file, key="b").once("one", float, lambda: 2.0) == 2.0


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    file = tmp_path / "journal.jsonl"
    Journal(file, key="a").once("one", float, lambda: 1.0)
    file.write_bytes(file.read_bytes() + b'{"key":"a","na')

    assert Journal(file, key="a").has("one")


def test_a_complete_comparison_leaves_nothing(tmp_path):
    file = tmp_path / "journal.jsonl"
    journal = Journal(file, key="a")
    journal.once("one", float, lambda: 1.0)

    journal.forget()

    assert not file.exists()


def test_progress_is_told_for_what_is_done_only(tmp_path):
    lines: list[str] = []
    file = tmp_path / "journal.jsonl"
    Journal(file, key="a").once("one", float, lambda: 1.0)

    journal = Journal(file, key="a", total=2, progress=lines.append)
    journal.once("one", float, _forbidden)
    journal.once("two", float, lambda: 2.0)

    assert lines == ["going on after 1 steps of an interrupted comparison", "[####################] 2/2 two"]


def test_the_key_follows_workspace_and_options(tmp_path):
    (tmp_path / "system.json").write_text("{}")
    key = key_of(tmp_path, ("a", 1))

    assert key_of(tmp_path, ("a", 1)) == key
    assert key_of(tmp_path, ("a", 2)) != key
    (tmp_path / "system.json").write_text('{"services": []}')
    assert key_of(tmp_path, ("a", 1)) != key


@pytest.mark.parametrize(("done", "total", "text"), [(0, 4, "[....] 0/4"), (2, 4, "[##..] 2/4"), (1, 0, "[....] 1/1")])
def test_the_bar_fills(done, total, text):
    assert bar(done, total, width=4) == text


def test_without_a_file_nothing_is_kept(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert Journal(None, key="a").once("one", float, lambda: 1.0) == 1.0
    assert not list(tmp_path.iterdir())
