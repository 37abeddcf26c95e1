from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()


@app.middleware("http")
async def timing(request, call_next):
    response = await call_next(request)
    response.headers["x"] = stamp()
    return response


def stamp():
    return "1"


@app.get("/")
def home():
    return greet()


def greet():
    return "hello"


def check():
    client = TestClient(app)
    assert client.get("/").status_code == 200


if __name__ == "__main__":
    check()
