from airflow.decorators import dag, task


@dag(schedule="@daily")
def training():
    @task
    def extract():
        return query()

    @task(multiple_outputs=True)
    def train(rows):
        return {"model": rows}

    train(extract())


def query():
    return []


training()
