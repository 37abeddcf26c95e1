import hydra
from hydra.utils import instantiate


@hydra.main(version_base=None, config_path="conf", config_name="train")
def main(cfg):
    data = instantiate(cfg.data)
    return run(data)


def run(data):
    return data.load()


if __name__ == "__main__":
    main()
