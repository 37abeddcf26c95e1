# %% which day, which city
import os

import pandas as pd

from common import DATA, MODELS, SETTINGS, load
from train import FEATURES

city = os.environ.get("CITY", SETTINGS["cities"][0])

# %% the newest day
table = pd.read_csv(DATA / "features.csv", parse_dates=["hour"])
day = table[table["city"] == city].sort_values("hour").tail(24)

# %% score and write
model = load(MODELS / f"{city}.pkl")
forecast = day[["hour"]].assign(forecast_mw=model.predict(day[FEATURES]).round(3))
forecast.to_csv(DATA / f"forecast_{city}.csv", index=False)
print(forecast.head(3).to_string(index=False))
