import pytest

from churn.config import EvaluationConfig
from churn.entities import EvaluationReport
from churn.exceptions import ChurnError, DataError, ModelNotFoundError, PromotionError, UnknownCandidateError
from churn.models import ModelBundle, ModelRegistry
from churn.models.candidates import CANDIDATES, Candidate, make_candidate
from churn.models.evaluate import Evaluator, better_than, compare_versions
from churn.models.metrics import best_threshold, classification_metrics, lift_table
from churn.models.train import Trainer
from churn.models.tune import tune_candidate
from churn.pipeline import retrain_and_promote, run_training
from churn.utils import load_object, read_frame, read_json, save_object


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "registry")


@pytest.fixture
def model_file(tmp_path):
    return save_object(tmp_path / "m.joblib", ModelBundle("dummy", pipeline=None, columns=["a"], threshold=0.4))


@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_every_candidate_builds_a_pipeline(name):
    candidate = make_candidate(name, seed=1)

    assert isinstance(candidate, Candidate)
    assert [step for step, _ in candidate.build().steps] == ["prepare", "model"]
    assert all(key.startswith("model__") for key in candidate.grid())


def test_override_adds_to_the_grid_of_the_base():
    assert sorted(make_candidate("boosting").grid()) == ["model__learning_rate", "model__max_depth"]


def test_unknown_candidate_names_the_known_ones():
    with pytest.raises(UnknownCandidateError, match="boosting, forest, logistic, tree"):
        make_candidate("oracle")


def test_tuning_picks_from_the_grid(featured):
    train = read_frame(featured.features.train_path)
    trainer = Trainer(featured.training, featured.features)
    features, target = trainer.load(featured.features.train_path)

    outcome = tune_candidate(make_candidate("tree"), features, target, folds=2)

    assert outcome.params["model__max_depth"] in (2, 4)
    assert 0.4 < outcome.score <= 1
    assert outcome.pipeline.predict(train).shape == (180,)


def test_metrics_of_a_perfect_ranking():
    metrics = classification_metrics([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])

    assert metrics["roc_auc"] == metrics["accuracy"] == metrics["recall"] == 1.0


def test_threshold_and_lift():
    assert best_threshold([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.9]) == pytest.approx(0.35)
    assert lift_table([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1], bins=2) == [2.0, 0.0]


def test_training_saves_the_winner(featured):
    result = Trainer(featured.training, featured.features, seed=3).run()

    assert result.model_name == max(result.leaderboard, key=result.leaderboard.get)
    assert read_json(featured.training.summary_path)["leaderboard"] == result.leaderboard
    assert load_object(result.model_path).model_name == result.model_name


def test_training_is_reproducible(featured):
    first = Trainer(featured.training, featured.features, seed=3).run()
    second = Trainer(featured.training, featured.features, seed=3).run()

    assert first == second


def test_training_needs_a_target(featured):
    with pytest.raises(DataError, match="churned"):
        Trainer(featured.training, featured.features).run(featured.features.score_path)


def test_bundle_names_missing_columns(trained):
    bundle = ModelRegistry(trained.registry.root).load()
    frame = read_frame(trained.features.score_path)

    assert bundle.decisions(frame).tolist() == (bundle(frame) >= bundle.threshold).astype(int).tolist()
    assert bundle.describe().startswith(bundle.model_name)
    with pytest.raises(DataError, match="age, plan"):
        bundle.probabilities(frame.drop(columns=["age", "plan"]))


def test_evaluation_report(trained, tmp_path):
    config = EvaluationConfig(report=tmp_path / "r.json", min_roc_auc=0.5, lift_bins=4)
    evaluator = Evaluator(config)

    report = evaluator.run(trained.training.model_path, trained.features.test_path)

    assert isinstance(report, EvaluationReport)
    assert evaluator.is_good_enough(report)
    assert len(report.lift) == 4
    assert read_json(config.report) == report.to_dict()


def test_better_than_needs_the_gain():
    assert better_than({"roc_auc": 0.7}, None)
    assert better_than({"roc_auc": 0.7}, {"roc_auc": 0.7})
    assert not better_than({"roc_auc": 0.7}, {"roc_auc": 0.7}, min_gain=0.01)


def test_versions_are_numbered(registry, model_file):
    first = registry.register(model_file, "dummy", {"roc_auc": 0.7})
    second = registry.register(model_file, "dummy", {"roc_auc": 0.8})

    assert (first.version, second.version) == (1, 2)
    assert [entry.stage for entry in registry.versions()] == ["staging", "staging"]
    assert registry.load(2).threshold == 0.4
    assert compare_versions(registry.root, 1, 2) == {"first": 0.7, "second": 0.8, "difference": 0.1}


def test_promotion_and_rollback(registry, model_file):
    for score in (0.7, 0.8, 0.6):
        registry.register(model_file, "dummy", {"roc_auc": score})
    registry.promote(1)
    registry.promote(2)

    with pytest.raises(PromotionError, match="version 3 does not beat version 2"):
        registry.promote(3)
    assert registry.production().version == 2
    assert registry.rollback().version == 1
    assert [entry.stage for entry in registry.versions()] == ["production", "archived", "staging"]


def test_promotion_can_be_forced(registry, model_file):
    for score in (0.8, 0.6):
        registry.register(model_file, "dummy", {"roc_auc": score})
    registry.promote(1)

    assert registry.promote(2, force=True).stage == "production"


def test_empty_registry_says_so(registry, tmp_path):
    with pytest.raises(ModelNotFoundError, match="no version in production"):
        registry.load()
    with pytest.raises(ModelNotFoundError, match="no version 5"):
        registry.get(5)
    with pytest.raises(ModelNotFoundError, match="no model file"):
        registry.register(tmp_path / "gone.joblib", "x", {})


def test_weak_models_are_stopped(featured, monkeypatch):
    monkeypatch.setattr("churn.models.evaluate.Evaluator.is_good_enough", lambda self, report: False)

    with pytest.raises(ChurnError, match="too low"):
        run_training(featured)


def test_retraining_adds_a_version(featured):
    assert retrain_and_promote(featured)["version"] == 1
    again = retrain_and_promote(featured)

    assert (again["version"], again["stage"]) == (2, "production")
