import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture
def readings():
    import pandas as pd

    hours = pd.date_range("2024-03-01", periods=80, freq="h")
    frames = [pd.DataFrame({"hour": hours, "city": city, "load_mw": range(base, base + 80)}) for base, city in ((10, "basel"), (50, "kiel"))]
    return pd.concat(frames, ignore_index=True)
