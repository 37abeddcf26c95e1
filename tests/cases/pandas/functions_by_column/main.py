import pandas as pd


def to_int(value):
    return int(value)


def to_flag(value):
    return bool(to_int(value))


def never(value):
    return value


CONVERT = {"a": to_int, "b": to_flag}


def convert(df):
    for column, function in CONVERT.items():
        df[column] = df[column].apply(function)
    return df


def main():
    df = pd.DataFrame({"a": ["1", "2"], "b": ["0", "1"]})
    df = convert(df)
    df["c"] = df["a"].where(df["a"] > 1, other=0)
    return df.sort_values("a", key=lambda s: s * -1)


main()
