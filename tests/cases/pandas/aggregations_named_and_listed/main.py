import pandas as pd


def spread(s):
    return s.max() - s.min()


def first_valid(s):
    return s.dropna().iloc[0]


def half(s):
    return middle(s) / 2


def middle(s):
    return s.mean()


def summary(df):
    grouped = df.groupby("key")
    a = grouped.agg({"x": [spread, "mean"], "y": first_valid})
    b = grouped.agg(low=("x", "min"), mid=("x", half))
    return a, b


summary(pd.DataFrame({"key": [1, 1, 2], "x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]}))
