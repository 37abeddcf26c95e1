import pandas as pd


def band(age):
    return bucket(age, 10)


def bucket(value, width):
    return value // width * width


def total(row):
    return row["a"] + row["b"]


def add_features(frame):
    frame["band"] = frame["age"].map(band)
    frame["total"] = frame.apply(total, axis=1)
    frame["name"] = frame["name"].apply(lambda text: tidy(text))
    return frame


def tidy(text):
    return text.strip()


add_features(pd.DataFrame({"age": [31], "a": [1], "b": [2], "name": [" x"]}))
