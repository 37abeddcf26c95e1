"""Messages of the online app."""

from pydantic import BaseModel, Field


class CustomerIn(BaseModel):
    """What is known about a customer; everything but plan and tenure may be missing."""

    customer_id: int = 0
    plan: str
    tenure_days: float = Field(ge=0)
    region: str = "north"
    age: float | None = None
    email_opt_in: int = 0
    amount_mean: float | None = None
    late_share: float | None = None
    sessions_mean: float | None = None
    minutes_mean: float | None = None
    usage_trend: float | None = None
    tickets: float | None = None
    severe_tickets: float | None = None


class PredictionOut(BaseModel):
    """The answer."""

    customer_id: int
    probability: float
    will_churn: bool
    band: str
    action: str
    version: int
