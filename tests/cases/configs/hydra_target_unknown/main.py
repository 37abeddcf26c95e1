import hydra
from omegaconf import DictConfig


def train(cfg: DictConfig):
    loader = hydra.utils.instantiate(cfg.data, shuffle=True)
    loader.open()
