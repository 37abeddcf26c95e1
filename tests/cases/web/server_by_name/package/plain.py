from fastapi import FastAPI


def prepare():
    return FastAPI()


app = prepare()
