import pandas as pd


class Table(pd.DataFrame):
    @property
    def _constructor(self):
        return Table

    def tidy(self):
        return self.rename_all().dropna()

    def rename_all(self):
        return self.rename(columns=lower)

    def total(self):
        return self.sum().sum()


def lower(name):
    return name.lower()


def main():
    table = Table({"A": [1, 2]})
    return table.tidy().total()


main()
