"""The online app: predictions as JSON, pages for the retention team."""

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse

from churn import __version__
from churn.config import load_config
from churn.exceptions import ChurnError, ModelNotFoundError
from churn.logger import get_logger
from churn.models.registry import ModelRegistry
from churn.serving.pages import dashboard_page, prediction_page
from churn.serving.predictor import Predictor, clear_cache
from churn.serving.schemas import CustomerIn, PredictionOut

logger = get_logger(__name__)


def create_app(config=None):
    """Return the app for a configuration, the project's own without one."""
    config = config or load_config()
    app = FastAPI(title=config.serving.title, version=__version__)
    predictor = Predictor(config.registry, config.scoring.bands)

    @app.get("/health")
    def health():
        entry = ModelRegistry(config.registry.root).production()
        return {"status": "ok", "version": entry.version if entry else None}

    @app.post("/predict", response_model=PredictionOut)
    def predict(customer: CustomerIn):
        return answer_for([customer])[0]

    @app.post("/predict/batch", response_model=list[PredictionOut])
    def predict_batch(customers: list[CustomerIn]):
        return answer_for(customers)

    @app.get("/models")
    def models():
        return [entry.to_dict() for entry in ModelRegistry(config.registry.root).versions()]

    @app.post("/models/{version}/promote")
    def promote(version: int, force: bool = False):
        try:
            entry = ModelRegistry(config.registry.root).promote(version, config.registry.min_gain, force=force)
        except ModelNotFoundError as error:
            raise HTTPException(404, str(error)) from error
        except ChurnError as error:
            raise HTTPException(409, str(error)) from error
        clear_cache()
        return entry.to_dict()

    @app.post("/admin/retrain")
    def retrain():
        from churn.pipeline import retrain_and_promote  # pipeline imports this module for `serve`

        result = retrain_and_promote(config)
        clear_cache()
        return result

    @app.get("/", response_class=HTMLResponse)
    def dashboard():
        return dashboard_page(config)

    @app.get("/score", response_class=HTMLResponse)
    def score_form(plan: str = "", tenure_days: float = 365, tickets: float = 0, usage_trend: float = 0):
        payload = {"plan": plan, "tenure_days": tenure_days, "tickets": tickets, "usage_trend": usage_trend}
        answer = answer_for([CustomerIn(**payload)])[0] if plan else None
        return prediction_page(config, payload, answer)

    def answer_for(customers):
        payloads = [customer.model_dump(exclude_none=True) for customer in customers]
        try:
            return predictor.predict(payloads)
        except ModelNotFoundError as error:
            raise HTTPException(503, str(error)) from error

    return app
