from celery import Celery

app = Celery("jobs")


@app.task
def train(run_id):
    return fit(run_id)


@app.task(bind=True)
def evaluate(self, run_id):
    return run_id


def fit(run_id):
    return run_id
