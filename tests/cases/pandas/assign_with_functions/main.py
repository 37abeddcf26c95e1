import pandas as pd


def ratio(df):
    return df["a"] / df["b"]


def large(df):
    return df["a"] > limit()


def limit():
    return 1


def features(df):
    return df.assign(ratio=ratio, twice=lambda d: d["a"] * 2).loc[large].query("a > 0")


def main():
    return features(pd.DataFrame({"a": [1, 2], "b": [3, 4]}))


main()
