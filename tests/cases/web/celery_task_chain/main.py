from celery import Celery

app = Celery("jobs")


def clean(path):
    return path.strip()


@app.task
def ingest(path):
    return clean(path)


@app.task(bind=True)
def report(self, name):
    return name


def start(path):
    ingest.delay(path)
    report.apply_async(args=("x",))


start("a.csv")
