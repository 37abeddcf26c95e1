from fastapi import Depends, FastAPI

app = FastAPI()


def weight(x):
    return x * 2


class Predictor:
    def __init__(self):
        self.bias = 1

    def score(self, x):
        return weight(x) + self.bias


@app.get("/score")
def predict(x: float, predictor: Predictor = Depends(Predictor)):
    return predictor.score(x)
