import pytest
from fastapi.testclient import TestClient

from churn.exceptions import ModelNotFoundError
from churn.pipeline import retrain_and_promote
from churn.serving import predictor as predictor_module
from churn.serving.app import create_app
from churn.serving.pages import dashboard_page, format_percent
from churn.serving.predictor import Predictor

LOYAL = {"customer_id": 1, "plan": "family", "tenure_days": 900, "usage_trend": 0.1, "late_share": 0.0, "tickets": 0}
LEAVING = {"customer_id": 2, "plan": "basic", "tenure_days": 60, "usage_trend": -0.9, "late_share": 0.6, "tickets": 5}


@pytest.fixture
def client(trained):
    return TestClient(create_app(trained))


def test_health_tells_the_version(client):
    assert client.get("/health").json() == {"status": "ok", "version": 1}


def test_prediction(client):
    answer = client.post("/predict", json=LEAVING).json()

    assert answer["customer_id"] == 2
    assert 0 <= answer["probability"] <= 1
    assert answer["band"] in ("low", "medium", "high")
    assert answer["version"] == 1


def test_the_unhappy_customer_is_riskier(client):
    loyal, leaving = client.post("/predict/batch", json=[LOYAL, LEAVING]).json()

    assert loyal["probability"] < leaving["probability"]
    assert client.post("/predict", json=LOYAL).json() == loyal


def test_bad_input_is_refused(client):
    assert client.post("/predict", json={"plan": "basic", "tenure_days": -1}).status_code == 422


def test_pages(client):
    dashboard = client.get("/").text
    form = client.get("/score", params={"plan": "basic", "tenure_days": 30}).text

    assert "production" in dashboard
    assert "Risk " in form
    assert "Risk " not in client.get("/score").text


def test_app_without_model(config):
    client = TestClient(create_app(config))

    assert client.get("/health").json()["version"] is None
    assert client.post("/predict", json=LOYAL).status_code == 503
    assert "No model yet" in client.get("/").text


def test_promotion_over_http(featured):
    retrain_and_promote(featured)
    client = TestClient(create_app(featured))

    assert client.post("/models/1/promote").json()["stage"] == "production"
    assert client.post("/models/9/promote").status_code == 404


def test_retraining_over_http(featured):
    client = TestClient(create_app(featured))

    assert client.post("/admin/retrain").json()["version"] == 1
    assert [entry["stage"] for entry in client.get("/models").json()] == ["production"]


def test_predictor_without_model(config):
    with pytest.raises(ModelNotFoundError, match="no version in production"):
        Predictor(config.registry, config.scoring.bands).predict_one(LOYAL)


def test_predictor_with_nobody(trained):
    assert Predictor(trained.registry, trained.scoring.bands).predict([]) == []


def test_each_version_is_read_once(trained, monkeypatch):
    loads = []
    real = predictor_module.ModelRegistry.load
    monkeypatch.setattr(
        predictor_module.ModelRegistry, "load", lambda self, version=None: loads.append(version) or real(self, version)
    )
    predictor_module.clear_cache()
    predictor = Predictor(trained.registry, trained.scoring.bands)

    predictor.predict_one(LOYAL)
    predictor.predict_one(LEAVING)

    assert loads == [1]
    assert predictor_module.clear_cache() == 1


def test_page_shows_the_title(config):
    assert "<h1>Churn desk</h1>" in dashboard_page(config)
    assert format_percent(0.1234) == "12.3 %"
