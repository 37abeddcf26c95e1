"""Readings to the table that the model is trained on."""

import pandas as pd

from common import DATA, SETTINGS, calendar, weather


def clean(readings: pd.DataFrame) -> pd.DataFrame:
    """Fill short gaps from the hour before, drop what is left."""
    readings = readings.sort_values(["city", "hour"])
    readings["load_mw"] = readings.groupby("city")["load_mw"].ffill(limit=3)
    return readings.dropna(subset=["load_mw"])


def lags(frame: pd.DataFrame, column: str = "load_mw") -> pd.DataFrame:
    frame = frame.copy()
    for hours in SETTINGS["lags"]:
        frame[f"lag_{hours}"] = frame.groupby("city")[column].shift(hours)
    return frame.dropna()


def build() -> pd.DataFrame:
    readings = pd.read_csv(DATA / "readings.csv", parse_dates=["hour"])
    parts = []
    for city, part in clean(readings).groupby("city"):
        parts.append(part.merge(weather(city), on="hour"))
    return lags(calendar(pd.concat(parts)))


if __name__ == "__main__":
    table = build()
    table.to_csv(DATA / "features.csv", index=False)
    print(f"{len(table)} rows, {len(table.columns)} columns")
