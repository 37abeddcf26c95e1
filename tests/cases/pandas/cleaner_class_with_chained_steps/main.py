import pandas as pd


class Cleaner:
    def __init__(self, df):
        self.df = df
        self.rules = {"a": self._positive, "b": self._whole}

    def _positive(self, s):
        return s.clip(lower=0)

    def _whole(self, s):
        return s.round()

    def drop(self):
        self.df = self.df.dropna()
        return self

    def apply_rules(self):
        for column, rule in self.rules.items():
            self.df[column] = rule(self.df[column])
        return self

    def done(self):
        return self.df


def main():
    df = pd.DataFrame({"a": [-1.0, 2.0], "b": [1.2, 2.0]})
    return Cleaner(df).drop().apply_rules().done()


main()
