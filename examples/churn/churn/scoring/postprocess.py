"""From probabilities to what the retention team can act on."""

from churn.exceptions import ConfigError

ACTIONS = {
    "low": "none",
    "medium": "newsletter",
    "high": "call",
}


def risk_band(probability, bands):
    """Return the name of the highest band whose lower edge the probability reaches."""
    if not bands:
        raise ConfigError("no risk bands")
    name = None
    for band, edge in sorted(bands.items(), key=lambda item: item[1]):
        if probability >= edge:
            name = band
    if name is None:
        raise ConfigError(f"no risk band for probability {probability}")
    return name


def recommend(band, plan):
    """Return the action for a customer; families are called earlier."""
    action = ACTIONS.get(band, "none")
    if action == "newsletter" and plan == "family":
        return "call"
    return action


def rank(frame, column="probability"):
    """Return the rows in falling order of risk with a column `rank` that starts at 1."""
    ordered = frame.sort_values([column, "customer_id"], ascending=[False, True], ignore_index=True)
    return ordered.assign(rank=range(1, len(ordered) + 1))
