"""A seeded stand-in for the CRM: a SQLite database and two CSV exports.

The first `customers` have a known outcome; the `prospects` after them are the ones to score, and use the product
a little less than the others did.
"""

import sqlite3

import numpy as np
import pandas as pd

from churn.utils import ensure_parent, write_frame

REGIONS = ["north", "south", "east", "west"]
PLANS = {"basic": 15.0, "plus": 30.0, "family": 45.0}
MONTHS = 6
WEEKS = 12


def make_customers(count, as_of, rng):
    """Return the customer table, with a few ages missing."""
    tenure_days = rng.gamma(2.0, 260.0, count).astype(int) + 20
    signup = pd.Timestamp(as_of) - pd.to_timedelta(tenure_days, unit="D")
    age = np.clip(rng.normal(41, 13, count), 18, 90).round()
    age[rng.random(count) < 0.04] = np.nan
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, count + 1),
            "signup_date": signup.strftime("%Y-%m-%d"),
            "region": rng.choice(REGIONS, count, p=[0.3, 0.3, 0.25, 0.15]),
            "plan": rng.choice(list(PLANS), count, p=[0.5, 0.35, 0.15]),
            "age": age,
            "email_opt_in": rng.integers(0, 2, count),
        }
    )


def make_billing(customers, unhappy, rng):
    """Return one row a customer and month."""
    count = len(customers)
    price = customers["plan"].map(PLANS).to_numpy()
    months = []
    for month in range(1, MONTHS + 1):
        amount = np.clip(price + rng.normal(0, 2, count), 5, None).round(2)
        late = (rng.random(count) < 0.04 + 0.45 * unhappy).astype(int)
        months.append(
            pd.DataFrame(
                {"customer_id": customers["customer_id"], "month": month, "amount": amount, "paid_late": late}
            )
        )
    return pd.concat(months, ignore_index=True)


def make_usage(customers, unhappy, is_prospect, rng):
    """Return one row a customer and week; some customers never show up."""
    count = len(customers)
    level = rng.gamma(3.0, 2.0, count) * np.where(is_prospect, 0.75, 1.0)
    absent = rng.random(count) < 0.03
    weeks = []
    for week in range(1, WEEKS + 1):
        fade = 1.0 - unhappy * week / (WEEKS + 2)
        sessions = rng.poisson(level * fade)
        minutes = (sessions * rng.gamma(4.0, 3.0, count)).round(1)
        table = pd.DataFrame(
            {"customer_id": customers["customer_id"], "week": week, "sessions": sessions, "minutes": minutes}
        )
        weeks.append(table[~absent])
    return pd.concat(weeks, ignore_index=True)


def make_tickets(customers, unhappy, rng):
    """Return one row a support ticket."""
    counts = rng.poisson(0.2 + 2.4 * unhappy)
    ids = np.repeat(customers["customer_id"].to_numpy(), counts)
    severity = rng.choice(["low", "normal", "high"], len(ids), p=[0.4, 0.4, 0.2])
    resolved = rng.integers(0, 2, len(ids))
    return pd.DataFrame({"customer_id": ids, "severity": severity, "resolved": resolved})


def make_labels(customers, unhappy, count, rng):
    """Return who of the first `count` customers left."""
    young = (customers["plan"] == "basic").to_numpy() * 0.8
    logit = -3.4 + 7.0 * unhappy + young
    churned = (rng.random(len(customers)) < 1 / (1 + np.exp(-logit))).astype(int)
    labels = pd.DataFrame({"customer_id": customers["customer_id"], "churned": churned})
    return labels.head(count)


def generate_data(config, as_of="2024-06-30", seed=7):
    """Write the database and the exports; return the number of rows per table."""
    rng = np.random.default_rng(seed)
    total = config.customers + config.prospects
    customers = make_customers(total, as_of, rng)
    unhappy = rng.beta(0.8, 1.6, total)
    is_prospect = np.arange(total) >= config.customers
    tables = {
        "customers": customers,
        "billing": make_billing(customers, unhappy, rng),
        "usage": make_usage(customers, unhappy, is_prospect, rng),
        "tickets": make_tickets(customers, unhappy, rng),
        "labels": make_labels(customers, unhappy, config.customers, rng),
    }
    ensure_parent(config.database)
    config.database.unlink(missing_ok=True)
    connection = sqlite3.connect(config.database)
    try:
        for name in ("customers", "billing", "labels"):
            tables[name].to_sql(name, connection, index=False)
        connection.commit()
    finally:
        connection.close()
    write_frame(config.usage_csv, tables["usage"])
    write_frame(config.tickets_csv, tables["tickets"])
    return {name: len(table) for name, table in tables.items()}
