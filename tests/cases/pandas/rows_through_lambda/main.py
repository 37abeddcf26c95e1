import pandas as pd


def price_of(row):
    return row["a"] * row["b"]


def clean(text):
    return strip(text).lower()


def strip(text):
    return text.strip()


def main():
    df = pd.DataFrame({"a": [1, 2], "b": [3, 4], "name": [" X", "Y "]})
    df["price"] = df.apply(lambda row: price_of(row), axis=1)
    df["name"] = df["name"].map(clean)
    df["size"] = [clean(name) for name in df.name.tolist()]
    return df


main()
