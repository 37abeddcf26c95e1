"""Ingest: read every source once and leave a plain copy for the later stages."""

from churn.data.sources import CsvSource, SqliteSource, UsageSource
from churn.entities import IngestResult
from churn.exceptions import DataError
from churn.logger import get_logger
from churn.utils import read_frame, timed, write_frame

logger = get_logger(__name__)

TABLES = ("customers", "billing", "usage", "tickets", "labels")


class DataIngestion:
    """Reads the CRM tables and the exports named in the configuration."""

    def __init__(self, config):
        self.config = config
        self.sources = {
            "customers": SqliteSource("customers", config.database),
            "billing": SqliteSource("billing", config.database, order_by="customer_id, month"),
            "labels": SqliteSource("labels", config.database),
            "usage": UsageSource("usage", config.usage_csv),
            "tickets": CsvSource("tickets", config.tickets_csv),
        }

    @timed
    def run(self):
        """Copy all sources to the interim folder."""
        paths, rows = {}, {}
        for name in TABLES:
            frame = self.sources[name].read()
            paths[name] = write_frame(self.config.table_path(name), frame)
            rows[name] = len(frame)
        return IngestResult(paths=paths, rows=rows)


def load_tables(config):
    """Return the interim tables by name."""
    missing = [name for name in TABLES if not config.table_path(name).exists()]
    if missing:
        raise DataError(f"ingest has not run: no {', '.join(missing)}")
    return {name: read_frame(config.table_path(name)) for name in TABLES}


if __name__ == "__main__":
    from churn.config import load_config
    from churn.data.generate import generate_data
    from churn.data.validate import DataValidator
    from churn.features.build import FeatureBuilder
    from churn.models.evaluate import Evaluator
    from churn.models.train import Trainer
    from churn.models.registry import ModelRegistry
    from churn.monitoring.drift import DriftMonitor
    from churn.scoring.batch import BatchScorer

    cfg = load_config()
    if not cfg.data.database.exists():
        generate_data(cfg.data, cfg.as_of, cfg.seed)
    print(DataIngestion(cfg.data).run().rows)
    DataValidator(cfg.validation).run(load_tables(cfg.data))
    FeatureBuilder(cfg.features, as_of=cfg.as_of, seed=cfg.seed).run(load_tables(cfg.data))
    trained = Trainer(cfg.training, cfg.features, seed=cfg.seed).run()
    report = Evaluator(cfg.evaluation).run(trained.model_path, cfg.features.test_path)
    registry = ModelRegistry(cfg.registry.root)
    version = registry.register(trained.model_path, trained.model_name, report.to_dict())
    registry.promote(version.version, min_gain=cfg.registry.min_gain)
    print(BatchScorer(cfg.scoring, cfg.registry).run(cfg.features.score_path))
    print(DriftMonitor(cfg.monitoring).run(cfg.features.train_path, cfg.features.score_path).level)
