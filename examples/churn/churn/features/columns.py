"""Names of the feature columns, in one place."""

KEY = "customer_id"
TARGET = "churned"

NUMERIC = [
    "age",
    "tenure_days",
    "amount_mean",
    "late_share",
    "sessions_mean",
    "minutes_mean",
    "usage_trend",
    "tickets",
    "severe_tickets",
    "minutes_per_euro",
]
CATEGORICAL = ["plan"]
FREQUENCY = ["region"]
FLAGS = ["email_opt_in"]

FEATURES = NUMERIC + CATEGORICAL + FREQUENCY + FLAGS
