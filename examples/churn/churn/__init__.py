"""Customer churn: from CRM tables to a model in production."""

__version__ = "0.4.0"
