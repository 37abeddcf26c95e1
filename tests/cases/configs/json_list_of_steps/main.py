import json
from pathlib import Path

from steps import STEPS


def load(path):
    return json.loads(Path(path).read_text())


def main():
    rows = [1, 0]
    for step in load("steps.json"):
        rows = STEPS[step["name"]](rows, **step["args"])
    return rows


main()
