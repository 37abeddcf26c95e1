from zenml import pipeline

from steps import evaluate, ingest, train


@pipeline(enable_cache=False)
def training_pipeline(path):
    data = ingest(path)
    model = train(data)
    evaluate(model, data)
