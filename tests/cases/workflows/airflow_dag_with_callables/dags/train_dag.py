from airflow import DAG
from airflow.operators.python import BranchPythonOperator, PythonOperator

from tasks import choose, extract, train


def make_task(name, function):
    return PythonOperator(task_id=name, python_callable=function)


def on_failure(context):
    notify(context)


def notify(context):
    print(context)


with DAG("train", default_args={"on_failure_callback": on_failure}) as dag:
    first = make_task("extract", extract)
    branch = BranchPythonOperator(task_id="choose", python_callable=choose)
    last = make_task("train", train)
    first >> branch >> last
