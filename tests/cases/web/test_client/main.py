from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()


@app.get("/score")
def score(x: float = 1.0):
    return compute(x)


def compute(x):
    return {"y": x}


def check():
    client = TestClient(app)
    return client.get("/score", params={"x": 2})


check()
