import pandas as pd


def spread(values):
    return values.max() - values.min()


def top(group):
    return group.head(1)


def share(values):
    return values / size(values)


def size(values):
    return values.sum()


def first(values):
    return values.iloc[0]


def report(frame):
    groups = frame.groupby("key")
    groups.agg({"value": spread})
    groups["value"].agg([first, "mean"])
    groups["value"].transform(share)
    return groups.apply(top)


report(pd.DataFrame({"key": ["a", "a", "b"], "value": [1.0, 2.0, 3.0]}))
