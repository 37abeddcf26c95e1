from hydra.utils import instantiate
from omegaconf import OmegaConf


def main():
    cfg = OmegaConf.load("conf/train.yaml")
    trainer = instantiate(cfg.trainer)
    return trainer.fit()


main()
