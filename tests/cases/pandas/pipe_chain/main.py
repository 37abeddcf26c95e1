import pandas as pd


def drop_empty(frame):
    return frame.dropna()


def add_ratio(frame, a, b):
    return frame.assign(ratio=lambda f: ratio(f[a], f[b]))


def ratio(x, y):
    return x / y


def prepare(frame):
    return frame.pipe(drop_empty).pipe(add_ratio, "a", b="b").reset_index(drop=True)


prepare(pd.DataFrame({"a": [1.0], "b": [2.0]}))
