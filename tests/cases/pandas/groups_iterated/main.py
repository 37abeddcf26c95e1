import pandas as pd


class Summary:
    def __init__(self, limit):
        self.limit = limit

    def of(self, group):
        return self.clip(group["x"].sum())

    def clip(self, value):
        return min(value, self.limit)


def describe(name, group):
    return {"name": name, "n": len(group)}


def main():
    df = pd.DataFrame({"k": [1, 1, 2], "x": [1, 2, 3]})
    grouped = df.groupby("k")
    table = [describe(name, group) for name, group in grouped]
    return table, grouped.apply(Summary(10).of)


main()
