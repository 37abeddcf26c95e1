from airflow import DAG
from airflow.operators.python import PythonOperator

from steps import train


def extract():
    return fetch()


def fetch():
    return []


def report():
    pass


with DAG("weekly") as dag:
    first = PythonOperator(task_id="extract", python_callable=extract)
    second = PythonOperator(task_id="train", python_callable=train)
    first >> second >> PythonOperator(task_id="report", python_callable=report)
