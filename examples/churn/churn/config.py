"""Configuration: one YAML file, one dataclass per stage, all paths absolute once a workdir is given."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from churn.exceptions import ConfigError
from churn.utils import read_yaml

DEFAULT_CONFIG = Path(__file__).resolve().parent.parent / "config" / "churn.yaml"

_CACHE = {}


@dataclass(frozen=True)
class DataConfig:
    database: Path = Path("data/crm.sqlite")
    usage_csv: Path = Path("data/usage.csv")
    tickets_csv: Path = Path("data/tickets.csv")
    interim_dir: Path = Path("artifacts/interim")
    customers: int = 1200
    prospects: int = 400

    def table_path(self, name):
        """Where the interim copy of table `name` lives."""
        return self.interim_dir / f"{name}.csv"


@dataclass(frozen=True)
class ValidationConfig:
    report: Path = Path("artifacts/reports/validation.json")
    max_missing: float = 0.15
    min_rows: int = 50


@dataclass(frozen=True)
class FeatureConfig:
    output_dir: Path = Path("artifacts/features")
    test_size: float = 0.25
    clip_quantile: float = 0.99
    defaults: dict = field(default_factory=dict)

    @property
    def train_path(self):
        return self.output_dir / "train.csv"

    @property
    def test_path(self):
        return self.output_dir / "test.csv"

    @property
    def score_path(self):
        return self.output_dir / "score.csv"


@dataclass(frozen=True)
class TrainingConfig:
    output_dir: Path = Path("artifacts/model")
    candidates: tuple = ("logistic", "forest", "boosting")
    folds: int = 3
    scoring: str = "roc_auc"

    @property
    def model_path(self):
        return self.output_dir / "model.joblib"

    @property
    def summary_path(self):
        return self.output_dir / "training.json"


@dataclass(frozen=True)
class EvaluationConfig:
    report: Path = Path("artifacts/reports/evaluation.json")
    min_roc_auc: float = 0.65
    lift_bins: int = 5


@dataclass(frozen=True)
class RegistryConfig:
    root: Path = Path("artifacts/registry")
    min_gain: float = 0.0


@dataclass(frozen=True)
class ScoringConfig:
    output: Path = Path("artifacts/scores/predictions.csv")
    batch_size: int = 128
    bands: dict = field(default_factory=lambda: {"low": 0.0, "medium": 0.35, "high": 0.65})


@dataclass(frozen=True)
class MonitoringConfig:
    report: Path = Path("artifacts/reports/drift.json")
    bins: int = 8
    psi_warning: float = 0.1
    psi_alert: float = 0.25


@dataclass(frozen=True)
class ServingConfig:
    title: str = "Churn desk"
    host: str = "127.0.0.1"
    port: int = 8000


@dataclass(frozen=True)
class ProjectConfig:
    """Everything, as the YAML file has it."""

    project: str = "churn"
    as_of: str = "2024-06-30"
    seed: int = 7
    data: DataConfig = DataConfig()
    validation: ValidationConfig = ValidationConfig()
    features: FeatureConfig = field(default_factory=FeatureConfig)
    training: TrainingConfig = TrainingConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    registry: RegistryConfig = RegistryConfig()
    scoring: ScoringConfig = field(default_factory=ScoringConfig)
    monitoring: MonitoringConfig = MonitoringConfig()
    serving: ServingConfig = ServingConfig()


SECTIONS = {
    "data": DataConfig,
    "validation": ValidationConfig,
    "features": FeatureConfig,
    "training": TrainingConfig,
    "evaluation": EvaluationConfig,
    "registry": RegistryConfig,
    "scoring": ScoringConfig,
    "monitoring": MonitoringConfig,
    "serving": ServingConfig,
}


def _section(name, values, workdir):
    cls = SECTIONS[name]
    known = cls.__dataclass_fields__
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"unknown keys in `{name}`: {', '.join(unknown)}")
    made = cls(**values)
    changes = {}
    for key, info in known.items():
        value = getattr(made, key)
        if info.type is Path:
            changes[key] = Path(workdir) / value
        elif isinstance(value, list):
            changes[key] = tuple(value)
    return replace(made, **changes)


def make_config(content, workdir="."):
    """Build a `ProjectConfig` from plain values; relative paths are taken from `workdir`."""
    content = dict(content)
    sections = {name: _section(name, content.pop(name, None) or {}, workdir) for name in SECTIONS}
    unknown = sorted(set(content) - {"project", "as_of", "seed"})
    if unknown:
        raise ConfigError(f"unknown sections: {', '.join(unknown)}")
    return ProjectConfig(**content, **sections)


def load_config(path=None, workdir="."):
    """Return the configuration in `path` (the one of this project without it). Files are read once."""
    path = Path(path or DEFAULT_CONFIG)
    key = (str(path), str(workdir))
    if key not in _CACHE:
        _CACHE[key] = make_config(read_yaml(path), workdir)
    return _CACHE[key]
