from tasks import evaluate, train


def start(run_id):
    train.delay(run_id)
    evaluate.apply_async(args=[run_id], countdown=5)


def now(run_id):
    return train(run_id)


start(1)
now(2)
