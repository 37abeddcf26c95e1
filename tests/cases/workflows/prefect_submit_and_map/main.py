from prefect import flow, task


@task(retries=2)
def extract(source):
    return read(source)


def read(source):
    return [source]


@task
def clean(row):
    return row


@task(name="train-model")
def train(rows):
    return len(rows)


@flow
def training(rows):
    return train(rows)


@flow(name="main")
def pipeline(source="a"):
    raw = extract.submit(source)
    rows = clean.map(raw)
    return training(rows)


if __name__ == "__main__":
    pipeline()
