from datetime import datetime

from airflow.decorators import dag, task


def store(rows):
    print(rows)


@dag(schedule="@daily", start_date=datetime(2024, 1, 1))
def etl():
    @task
    def extract():
        return [1]

    @task()
    def load(rows):
        store(rows)

    load(extract())


etl()
