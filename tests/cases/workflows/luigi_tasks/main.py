import luigi


class Ingest(luigi.Task):
    def output(self):
        return luigi.LocalTarget("raw.csv")

    def run(self):
        with self.output().open("w") as handle:
            handle.write(rows())


def rows():
    return "a,b"


class Train(luigi.Task):
    lr = luigi.FloatParameter(default=0.1)

    def requires(self):
        return Ingest()

    def output(self):
        return luigi.LocalTarget("model.pkl")

    def run(self):
        with self.input().open() as handle:
            fit(handle.read())


def fit(text):
    return text


if __name__ == "__main__":
    luigi.build([Train()], local_scheduler=True)
