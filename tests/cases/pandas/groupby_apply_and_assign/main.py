import pandas as pd


def zscore(column):
    return (column - column.mean()) / column.std()


def share(group):
    return group / group.sum()


def spread(window):
    return window.max() - window.min()


def ratio(frame):
    return frame["a"] / frame["b"]


def features(frame):
    frame = frame.assign(ratio=lambda d: ratio(d))
    frame["share"] = frame.groupby("k")["a"].transform(share)
    frame["spread"] = frame["a"].rolling(3).apply(spread)
    return frame[["a", "b"]].apply(zscore)


features(pd.read_csv("x.csv"))
