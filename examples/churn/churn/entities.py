"""What the stages hand to each other."""

from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class IngestResult:
    paths: dict
    rows: dict


@dataclass
class ValidationReport:
    rows: dict
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    @property
    def ok(self):
        return not self.problems

    def to_dict(self):
        return {"ok": self.ok, **asdict(self)}


@dataclass
class FeatureResult:
    train_path: Path
    test_path: Path
    score_path: Path
    rows: dict
    columns: list


@dataclass
class TrainingResult:
    model_name: str
    model_path: Path
    cv_score: float
    threshold: float
    params: dict
    leaderboard: dict


@dataclass
class EvaluationReport:
    model_name: str
    roc_auc: float
    average_precision: float
    accuracy: float
    precision: float
    recall: float
    brier: float
    lift: list = field(default_factory=list)

    def to_dict(self):
        return asdict(self)


@dataclass
class ModelVersion:
    version: int
    model_name: str
    stage: str
    file: str
    metrics: dict

    def to_dict(self):
        return asdict(self)


@dataclass
class ScoringResult:
    path: Path
    rows: int
    by_band: dict
    digest: str


@dataclass
class ColumnDrift:
    column: str
    kind: str
    psi: float
    level: str


@dataclass
class DriftReport:
    columns: list
    level: str

    @property
    def alerts(self):
        return [entry.column for entry in self.columns if entry.level == "alert"]

    def to_dict(self):
        return {"level": self.level, "columns": [asdict(entry) for entry in self.columns]}
