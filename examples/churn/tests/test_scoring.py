import pandas as pd
import pytest

from churn.exceptions import ConfigError, ModelNotFoundError
from churn.scoring.batch import BatchScorer, iter_batches, score_frame
from churn.scoring.postprocess import rank, recommend, risk_band
from churn.utils import frame_digest, read_frame

BANDS = {"low": 0.0, "medium": 0.35, "high": 0.65}


@pytest.mark.parametrize(("probability", "band"), [(0.0, "low"), (0.35, "medium"), (0.649, "medium"), (1.0, "high")])
def test_risk_band(probability, band):
    assert risk_band(probability, BANDS) == band


def test_bands_must_start_at_the_bottom():
    with pytest.raises(ConfigError, match="no risk band"):
        risk_band(0.1, {"high": 0.5})


def test_families_are_called_earlier():
    assert recommend("medium", "basic") == "newsletter"
    assert recommend("medium", "family") == "call"


def test_rank_breaks_ties_by_customer():
    frame = pd.DataFrame({"customer_id": [3, 1, 2], "probability": [0.5, 0.5, 0.9]})

    assert rank(frame)["customer_id"].tolist() == [2, 1, 3]


def test_batches_cover_every_row():
    frame = pd.DataFrame({"x": range(10)})

    sizes = [len(batch) for batch in iter_batches(frame, 4)]

    assert sizes == [4, 4, 2]


def test_batch_size_must_be_positive():
    with pytest.raises(ValueError, match="at least one"):
        list(iter_batches(pd.DataFrame({"x": [1]}), 0))


def test_score_frame_takes_anything_that_can_be_called():
    frame = pd.DataFrame({"customer_id": [1, 2], "plan": ["basic", "family"], "risk": [0.2, 0.5]})

    scored = score_frame(lambda batch: batch["risk"], frame, BANDS, batch_size=1)

    assert scored.to_dict("records") == [
        {"customer_id": 2, "probability": 0.5, "band": "medium", "action": "call", "rank": 1},
        {"customer_id": 1, "probability": 0.2, "band": "low", "action": "none", "rank": 2},
    ]


def test_batch_scores_do_not_depend_on_the_batch_size(trained, tmp_path):
    small = BatchScorer(trained.scoring.__class__(output=tmp_path / "a.csv", batch_size=7), trained.registry)
    large = BatchScorer(trained.scoring.__class__(output=tmp_path / "b.csv", batch_size=500), trained.registry)

    first = small.run(trained.features.score_path)
    second = large.run(trained.features.score_path)

    assert first.digest == second.digest
    assert first.rows == sum(first.by_band.values()) == 80


def test_written_scores_are_what_was_returned(trained, tmp_path):
    scorer = BatchScorer(trained.scoring.__class__(output=tmp_path / "s.csv"), trained.registry)

    result = scorer.run(trained.features.score_path)

    assert frame_digest(read_frame(result.path)) == result.digest


def test_no_model_no_scores(featured):
    with pytest.raises(ModelNotFoundError):
        BatchScorer(featured.scoring, featured.registry).run(featured.features.score_path)
