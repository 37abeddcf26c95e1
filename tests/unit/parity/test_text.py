import pytest

from decompose.parity import Tolerance
from decompose.parity.text import line_difference, normalise


def _difference(left, right, again=None):
    lines = [normalise(text) if text is not None else None for text in (left, right, again)]
    return line_difference(*lines, tolerance=Tolerance(), place="stdout")


def test_roots_addresses_colours_and_moments_do_not_count():
    left = "\x1b[31mread /a/x.csv\x1b[0m <f at 0x7f00aa11> 2024-01-02 03:04:05,123"
    right = "read /b/x.csv <f at 0x7f00bb22> 2025-01-02T03:04:06"

    assert normalise(left, roots=["/a"]) == normalise(right, roots=["/b"])


@pytest.mark.parametrize(
    ("left", "right"),
    [("R2 0.5", "R2 0.6"), ("10 rows", "11 rows"), ("a\nb", "a"), ("v1", "v2"), ("1", "1.0"), ("x", "y")],
)
def test_other_words_and_numbers_differ(left, right):
    assert _difference(left, right)[0] is not None


def test_floats_within_the_tolerance_are_equal():
    assert _difference("loss 0.30000000000000004", "loss 0.3")[0] is None


def test_what_the_monolith_does_not_repeat_is_left_out():
    found, unstable = _difference("took 1.5 s\nok", "took 9.1 s\nok", again="took 1.7 s\nok")

    assert found is None
    assert unstable == 1


def test_what_the_monolith_repeats_still_counts_beside_what_it_does_not():
    found, _ = _difference("took 1.5 s rows 3", "took 9.1 s rows 4", again="took 1.7 s rows 3")

    assert found is not None


def test_lines_that_come_and_go_in_the_monolith_are_left_out():
    found, unstable = _difference("a\nretry\nb", "a\nb", again="a\nb")

    assert found is None
    assert unstable == 1


def test_user_patterns_are_left_out():
    assert normalise("run id=abc123", ignore=[r"id=\w+"]) == normalise("run id=zzz", ignore=[r"id=\w+"])


BARS = (
    "Epoch 1 |-----| 0% left 0.1 s loss 0.5\n"
    "Epoch 1 |###--| 50% left 0.{} s loss 0.4\n"
    "Epoch 2 |##---| 25% left 0.{} s loss {}"
)


def test_a_duration_that_two_runs_round_alike_by_chance_counts_no_more_than_others_of_its_lines():
    left, again = BARS.format(1, 1, 0.3), BARS.format(2, 1, 0.3)

    assert _difference(left, BARS.format(1, 9, 0.3), again=again) == (None, 3)
    assert _difference(left, BARS.format(1, 9, 0.2), again=again)[0] is not None


def test_what_varies_may_be_set_in_by_other_spaces_and_the_rest_of_the_line_counts():
    assert _difference("rest  9.5 s of 3", "rest 10.5 s of 3", again="rest 11.5 s of 3")[0] is None
    assert _difference("rest  9.5 s of 3", "rest 10.5 s of 4", again="rest 11.5 s of 3")[0] is not None
    assert _difference("took 1 s r 0.3", "took 2 s r 0.30000000000000004", again="took 3 s r 0.3")[0] is None


def test_numbers_without_a_word_do_not_vouch_for_each_other():
    assert _difference("1.5\n0.93", "1.6\n0.94", again="1.7\n0.93")[0] is not None
