import loading
from registry import STEPS


def run(rows, names):
    for name in names:
        rows = STEPS[name](rows)
    return rows


run([1, 2], ["drop_empty", "normalise"])
