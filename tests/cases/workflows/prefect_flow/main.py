from prefect import flow, task


@task(retries=2)
def extract(path):
    return read(path)


def read(path):
    return [path]


@task
def transform(row):
    return row


@task
def load(rows):
    pass


@flow(name="etl")
def etl(path):
    rows = extract(path)
    done = transform.map(rows)
    load.submit(done)


if __name__ == "__main__":
    etl("a.csv")
