"""What cron runs at night: score everybody, look for drift. Usage: nightly.py [WORKDIR]"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from churn.config import load_config  # noqa: E402
from churn.data.ingest import DataIngestion, load_tables  # noqa: E402
from churn.features.build import FeatureBuilder  # noqa: E402
from churn.monitoring.report import format_drift  # noqa: E402
from churn.pipeline import run_monitoring, run_scoring  # noqa: E402

if __name__ == "__main__":
    config = load_config(workdir=sys.argv[1] if len(sys.argv) > 1 else ".")
    DataIngestion(config.data).run()
    FeatureBuilder(config.features, config.as_of, config.seed).run(load_tables(config.data))
    print(run_scoring(config).by_band)
    print(format_drift(run_monitoring(config)))
