from importlib import import_module

from omegaconf import DictConfig, OmegaConf


def compose(choices):
    composed = OmegaConf.create({})
    for group, option in choices.items():
        composed = OmegaConf.merge(composed, {group: OmegaConf.load(f"conf/{group}/{option}.yaml")})
    return composed


def instantiate(config: DictConfig, **more):
    module, _, name = config["_target_"].rpartition(".")
    settings = {key: value for key, value in config.items() if key != "_target_"}
    return getattr(import_module(module), name)(**settings, **more)


def main(choices):
    encoder = instantiate(compose(choices).encoder)
    encoder.encode()
