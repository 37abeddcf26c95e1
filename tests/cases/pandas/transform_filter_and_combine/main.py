import pandas as pd


def centre(s):
    return s - s.mean()


def big(group):
    return len(group) > 1


def larger(a, b):
    return max(a, b)


def pick(values):
    return values.iloc[0]


def run(df):
    df["c"] = df.groupby("k")["x"].transform(centre)
    kept = df.groupby("k").filter(big)
    best = df["x"].combine(df["y"], larger)
    table = df.pivot_table(index="k", values="x", aggfunc=pick)
    return kept, best, table


run(pd.DataFrame({"k": [1, 1, 2], "x": [1.0, 2.0, 3.0], "y": [3.0, 2.0, 1.0]}))
