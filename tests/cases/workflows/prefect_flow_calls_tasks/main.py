from prefect import flow, task


def scale(rows):
    return [r * 2 for r in rows]


@task(retries=2)
def extract(path):
    return [1, 2]


@task
def transform(rows):
    return scale(rows)


@task
def load(rows):
    print(rows)


@flow(name="nightly")
def pipeline(path="x.csv"):
    rows = extract(path)
    future = transform.submit(rows)
    load(future.result())


if __name__ == "__main__":
    pipeline()
