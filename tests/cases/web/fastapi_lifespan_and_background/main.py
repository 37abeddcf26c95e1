from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, Request

from service import Scorer

STATE = {}


def load():
    return Scorer(2)


@asynccontextmanager
async def lifespan(app: FastAPI):
    STATE["scorer"] = load()
    yield
    STATE.clear()


app = FastAPI(lifespan=lifespan)


def audit(text):
    write(text)


def write(text):
    print(text)


@app.post("/score")
def score(value: float, tasks: BackgroundTasks):
    result = STATE["scorer"].score(value)
    tasks.add_task(audit, f"{result}")
    return {"result": result}
