from fastapi import FastAPI

from routers import jobs

app = FastAPI()
app.include_router(jobs.router, prefix="/jobs")
