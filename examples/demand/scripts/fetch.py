"""Writes the meter readings and the weather; a stand-in for the export that arrives each night."""

import argparse

import numpy as np
import pandas as pd

from common import DATA, SETTINGS

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--days", type=int, default=60)
args = parser.parse_args()

rng = np.random.default_rng(SETTINGS["seed"])
hours = pd.date_range("2024-01-01", periods=args.days * 24, freq="h")
rows, weather_rows = [], []
for number, city in enumerate(SETTINGS["cities"]):
    temperature = 8 + 6 * np.sin(np.arange(len(hours)) / 24 * 2 * np.pi) + rng.normal(0, 1.5, len(hours)) + number
    load = 50 + 3 * number - 1.2 * temperature + 9 * (hours.hour > 16) - 6 * (hours.day_of_week > 4) + rng.normal(0, 1, len(hours))
    rows.append(pd.DataFrame({"hour": hours, "city": city, "load_mw": np.round(load, 3)}))
    weather_rows.append(pd.DataFrame({"hour": hours, "city": city, "temperature": np.round(temperature, 2)}))

DATA.mkdir(parents=True, exist_ok=True)
readings = pd.concat(rows)
readings.loc[readings.sample(frac=0.01, random_state=SETTINGS["seed"]).index, "load_mw"] = np.nan
readings.to_csv(DATA / "readings.csv", index=False)
pd.concat(weather_rows).to_csv(DATA / "weather.csv", index=False)
print(f"{len(readings)} readings of {len(SETTINGS['cities'])} cities in {DATA}")
