from fastapi import APIRouter, BackgroundTasks

from training import retrain

router = APIRouter()


@router.post("/retrain")
async def start(tasks: BackgroundTasks):
    tasks.add_task(retrain, "full")
    return describe()


def describe():
    return {"status": "queued"}
