"""Trains one model a city and writes them with their errors."""

import json
import sys

import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

from common import DATA, MODELS, SETTINGS, dump

FEATURES = ["temperature", "hour_of_day", "weekday", "is_weekend"] + [f"lag_{n}" for n in SETTINGS["lags"]]


def split(frame):
    """The last fifth in time is held back."""
    frame = frame.sort_values("hour")
    cut = int(len(frame) * 0.8)
    return frame.iloc[:cut], frame.iloc[cut:]


def train(frame, trees=60):
    model = GradientBoostingRegressor(n_estimators=trees, random_state=SETTINGS["seed"])
    return model.fit(frame[FEATURES], frame["load_mw"])


def main(trees=60):
    table = pd.read_csv(DATA / "features.csv", parse_dates=["hour"])
    errors = {}
    for city, frame in table.groupby("city"):
        past, recent = split(frame)
        model = train(past, trees)
        errors[city] = round(float(mean_absolute_error(recent["load_mw"], model.predict(recent[FEATURES]))), 4)
        dump(model, MODELS / f"{city}.pkl")
    (MODELS / "errors.json").write_text(json.dumps(errors, indent=2, sort_keys=True))
    return errors


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
