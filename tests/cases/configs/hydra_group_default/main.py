import hydra
from hydra.utils import instantiate
from omegaconf import DictConfig


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig):
    model = instantiate(cfg.model)
    return model.fit(cfg.epochs)


if __name__ == "__main__":
    main()
