"""A small monolith: ingest, features, training, serving, with what real ones hold besides code."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": "from pathlib import Path\nDATA = Path('data')\nMODEL = 'models/price.pkl'\n",
    "shop/ingest.py": """
import pandas as pd
from shop.settings import DATA

def load_orders(name='orders.csv'):
    \"\"\"Read the orders.\"\"\"
    return pd.read_csv(DATA / name)

def clean(frame):
    frame = frame.dropna(subset=['price'])
    frame['price'] = frame['price'].clip(0, 1000)
    return frame
""",
    "shop/features.py": """
import numpy as np

CACHE = {}

def build(frame):
    frame = frame.assign(log_price=np.log1p(frame['price']))
    CACHE['columns'] = list(frame.columns)
    return frame

class Scaler:
    def fit(self, values):
        self.mean = values.mean()
        return self

    def transform(self, values):
        return values - self.mean
""",
    "shop/train.py": """
import joblib
from sklearn.linear_model import Ridge
from shop.features import Scaler, build
from shop.ingest import clean, load_orders
from shop.settings import MODEL

def train(alpha=1.0):
    frame = build(clean(load_orders()))
    scaler = Scaler().fit(frame['log_price'])
    estimator = Ridge(alpha=alpha)
    estimator.fit(frame[['log_price']], scaler.transform(frame['log_price']))
    joblib.dump(estimator, MODEL)
    return evaluate(estimator, frame)

def evaluate(estimator, frame):
    from sklearn.metrics import mean_squared_error
    return mean_squared_error(frame['log_price'], estimator.predict(frame[['log_price']]))

if __name__ == '__main__':
    print(train())
""",
    "shop/serve.py": """
import joblib
from fastapi import FastAPI
from shop.features import build
from shop.settings import MODEL

app = FastAPI()
_estimator = None

def estimator():
    global _estimator
    if _estimator is None:
        _estimator = joblib.load(MODEL)
    return _estimator

@app.post('/predict')
def predict(rows: list[dict]) -> list[float]:
    import pandas as pd
    return estimator().predict(build(pd.DataFrame(rows))[['log_price']]).tolist()
""",
    "shop/report.py": """
from shop.ingest import load_orders

def monthly():
    frame = load_orders()
    frame.groupby('month').sum().to_csv('reports/monthly.csv')

def main():
    monthly()

if __name__ == '__main__':
    main()
""",
    "notebooks/look.ipynb": '{"cells": [{"cell_type": "code", "source": ["from shop.train import train\\n", "train()"]}]}',
    "config.yaml": "alpha: 1.0\ndata: orders.csv\n",
    "requirements.txt": "pandas\nscikit-learn\nfastapi\njoblib\n",
}


def write_toy(root: Path, *, extra: dict[str, str] | None = None, backwards: bool = False) -> Path:
    """Write the monolith below `root`; `backwards` makes the files in the opposite order."""
    files = sorted((FILES | (extra or {})).items(), reverse=backwards)
    for name, text in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
