"""All stages in order."""

from churn.data.generate import generate_data
from churn.data.ingest import DataIngestion, load_tables
from churn.data.validate import DataValidator
from churn.exceptions import PromotionError
from churn.features.build import FeatureBuilder
from churn.logger import get_logger
from churn.models.evaluate import Evaluator
from churn.models.registry import ModelRegistry
from churn.models.train import Trainer
from churn.monitoring.drift import DriftMonitor
from churn.scoring.batch import BatchScorer
from churn.serving.app import create_app

logger = get_logger(__name__)


def run_data(config):
    """Make sure there is data, ingest and validate it."""
    if not config.data.database.exists():
        generate_data(config.data, config.as_of, config.seed)
    result = DataIngestion(config.data).run()
    DataValidator(config.validation).run(load_tables(config.data))
    return result


def run_features(config):
    """Build the feature tables."""
    builder = FeatureBuilder(config.features, as_of=config.as_of, seed=config.seed)
    return builder.run(load_tables(config.data))


def run_training(config):
    """Train and evaluate; return both results."""
    trained = Trainer(config.training, config.features, seed=config.seed).run()
    evaluator = Evaluator(config.evaluation)
    report = evaluator.run(trained.model_path, config.features.test_path)
    if not evaluator.is_good_enough(report):
        raise PromotionError(f"{trained.model_name}: ROC AUC {report.roc_auc:.3f} is too low")
    return trained, report


def retrain_and_promote(config):
    """Train on the present feature tables and put the result into production if it is better."""
    trained, report = run_training(config)
    registry = ModelRegistry(config.registry.root)
    entry = registry.register(trained.model_path, trained.model_name, report.to_dict())
    try:
        entry = registry.promote(entry.version, min_gain=config.registry.min_gain)
    except PromotionError as error:
        logger.warning("%s", error)
    return {
        "version": entry.version,
        "stage": entry.stage,
        "model": trained.model_name,
        "cv_score": trained.cv_score,
        "roc_auc": report.roc_auc,
        "average_precision": report.average_precision,
    }


def run_scoring(config):
    """Score everybody without an outcome."""
    return BatchScorer(config.scoring, config.registry).run(config.features.score_path)


def run_monitoring(config):
    """Compare the scored population with the training one."""
    return DriftMonitor(config.monitoring).run(config.features.train_path, config.features.score_path)


def run_all(config):
    """Run every stage and return the numbers that matter."""
    ingested = run_data(config)
    features = run_features(config)
    model = retrain_and_promote(config)
    scored = run_scoring(config)
    drift = run_monitoring(config)
    return {
        "rows": {**ingested.rows, **features.rows},
        "model": model,
        "scores": {"rows": scored.rows, "by_band": scored.by_band, "digest": scored.digest},
        "drift": {"level": drift.level, "alerts": drift.alerts},
    }


def serve(config):
    """Run the online app until it is stopped."""
    import uvicorn

    uvicorn.run(create_app(config), host=config.serving.host, port=config.serving.port)
