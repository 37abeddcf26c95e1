"""The prediction service: `uvicorn digits.serve:app`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from fastapi import FastAPI, HTTPException
from omegaconf import OmegaConf
from pydantic import BaseModel

from digits.config import instantiate, load_config
from digits.data import normalise
from digits.utils import load_checkpoint, load_json

app = FastAPI(title="digits")


class Image(BaseModel):
    pixels: list[list[float]]


class Guess(BaseModel):
    digit: int
    probability: float


class Answer(BaseModel):
    guesses: list[Guess]
    unsure: bool


class Predictor:
    """The trained network and what it takes to ask it."""

    def __init__(self, checkpoint: dict, top_k: int, unsure_below: float, scale: float):
        self.model = instantiate(OmegaConf.create(checkpoint["model"]))
        self.model.load_state_dict(checkpoint["state"])
        self.top_k = top_k
        self.unsure_below = unsure_below
        self.scale = scale

    def predict(self, pixels: np.ndarray) -> list[tuple[int, float]]:
        """Return the likeliest digits of one image `(8, 8)`, best first."""
        if pixels.shape != (8, 8):
            raise ValueError(f"an image has 8 x 8 pixels, not {' x '.join(map(str, pixels.shape))}")
        image = torch.from_numpy(normalise(pixels, self.scale)).reshape(1, 1, 8, 8)
        chances = self.model.probabilities(image)[0]
        best = torch.topk(chances, self.top_k)
        return [(int(digit), round(float(chance), 6)) for chance, digit in zip(best.values, best.indices)]

    def is_unsure(self, guesses: list[tuple[int, float]]) -> bool:
        return guesses[0][1] < self.unsure_below


@lru_cache(maxsize=1)
def predictor() -> Predictor:
    cfg = load_config()
    return Predictor(load_checkpoint(cfg.output.checkpoint), cfg.serving.top_k, cfg.serving.unsure_below, cfg.data.scale)


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.get("/metrics")
def metrics() -> dict:
    return load_json(load_config().output.metrics)


@app.post("/predict")
def predict(image: Image) -> Answer:
    try:
        guesses = predictor().predict(np.asarray(image.pixels, dtype="float32"))
    except ValueError as error:
        raise HTTPException(status_code=422, detail=str(error)) from error
    answer = [Guess(digit=digit, probability=chance) for digit, chance in guesses]
    return Answer(guesses=answer, unsure=predictor().is_unsure(guesses))
