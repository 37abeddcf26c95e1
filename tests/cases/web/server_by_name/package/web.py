from fastapi import FastAPI


def load():
    return "model"


def create():
    load()
    return FastAPI()
