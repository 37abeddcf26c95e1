"""Shared by the scripts and, through sys.path, by the notebooks."""

import json
import pickle
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = json.loads((ROOT / "settings.json").read_text())
DATA = Path(SETTINGS["data_dir"])
MODELS = Path(SETTINGS["model_dir"])

_weather_cache = {}


def weather(city: str) -> pd.DataFrame:
    """Return the hourly weather of a city, read once."""
    if city not in _weather_cache:
        frame = pd.read_csv(DATA / "weather.csv", parse_dates=["hour"])
        _weather_cache[city] = frame[frame["city"] == city].drop(columns="city").reset_index(drop=True)
    return _weather_cache[city]


def dump(obj, path):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        pickle.dump(obj, handle)


def load(path):
    with Path(path).open("rb") as handle:
        return pickle.load(handle)


def calendar(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with hour, weekday and weekend columns; training and scoring both need them."""
    out = frame.copy()
    out["hour_of_day"] = out["hour"].dt.hour
    out["weekday"] = out["hour"].dt.day_of_week
    out["is_weekend"] = out["weekday"].isin([5, 6])
    return out
