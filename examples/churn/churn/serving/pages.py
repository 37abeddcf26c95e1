"""HTML pages of the app."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from churn.exceptions import DataError
from churn.models.registry import ModelRegistry
from churn.monitoring.report import summarise
from churn.utils import read_frame

TEMPLATES = Path(__file__).parent / "templates"

_environment = None


def get_environment():
    """Return the template environment, made on first use."""
    global _environment
    if _environment is None:
        _environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), trim_blocks=True
        )
        _environment.filters["percent"] = format_percent
    return _environment


def format_percent(value):
    """Return a share as text with one decimal."""
    return f"{100 * value:.1f} %"


def render(name, **context):
    """Return the template `name` filled in."""
    return get_environment().get_template(name).render(**context)


def top_customers(path, count=10):
    """Return the riskiest customers of the last batch, none when there was no batch yet."""
    try:
        frame = read_frame(path)
    except DataError:
        return []
    return frame.head(count).to_dict("records")


def drift_summary(path):
    """Return the last drift summary, or nothing."""
    try:
        return summarise(path)
    except DataError:
        return None


def dashboard_page(config):
    """Return the first page: models, riskiest customers, drift."""
    registry = ModelRegistry(config.registry.root)
    return render(
        "dashboard.html",
        title=config.serving.title,
        versions=registry.versions(),
        customers=top_customers(config.scoring.output),
        drift=drift_summary(config.monitoring.report),
    )


def prediction_page(config, payload, answer):
    """Return the page with the form and, if there is one, the answer."""
    return render("prediction.html", title=config.serving.title, payload=payload, answer=answer)
