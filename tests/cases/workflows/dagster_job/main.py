from dagster import In, Out, job, op


@op
def load():
    return read()


def read():
    return [1, 2]


@op(ins={"rows": In()}, out=Out())
def train(rows):
    return Model().fit(rows)


class Model:
    def fit(self, rows):
        self.n = len(rows)
        return self


@job
def training():
    train(load())


def main():
    return training.execute_in_process()


if __name__ == "__main__":
    main()
