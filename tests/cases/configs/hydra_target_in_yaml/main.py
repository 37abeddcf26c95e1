import hydra
from omegaconf import OmegaConf

config = OmegaConf.load("config.yaml")
model = hydra.utils.instantiate(config.model)
model.fit()
