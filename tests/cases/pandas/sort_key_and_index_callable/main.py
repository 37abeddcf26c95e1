import pandas as pd


def length(column):
    return column.str.len()


def is_large(frame):
    return limit(frame["size"])


def limit(column):
    return column > 1


def negative(column):
    return column < 0


def select(frame):
    ordered = frame.sort_values("name", key=length)
    kept = ordered.loc[is_large]
    return kept["size"].mask(negative)


select(pd.DataFrame({"name": ["aa", "b"], "size": [2, 1]}))
