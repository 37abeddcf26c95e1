"""The configuration: YAML files composed as Hydra does it, with overrides from the command line."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from omegaconf import DictConfig, OmegaConf


def conf_dir() -> Path:
    return Path(os.environ.get("DIGITS_CONF", Path(__file__).resolve().parents[1] / "conf"))


def load_config(overrides: list[str] | None = None) -> DictConfig:
    """Return `conf/config.yaml` with its defaults list composed and `key=value` overrides applied."""
    overrides, conf = list(overrides or []), conf_dir()
    base = OmegaConf.load(conf / "config.yaml")
    choices = dict(item.split("=", 1) for item in overrides if item.split("=", 1)[0] in ("model", "optimizer"))
    composed = OmegaConf.create({})
    for entry in base.pop("defaults"):
        if entry == "_self_":
            composed = OmegaConf.merge(composed, base)
            continue
        for group, option in entry.items():
            chosen = choices.get(group, option)
            composed = OmegaConf.merge(composed, {group: OmegaConf.load(conf / group / f"{chosen}.yaml")})
    rest = [item for item in overrides if item.split("=", 1)[0] not in choices]
    return OmegaConf.merge(composed, OmegaConf.from_dotlist(rest))


def instantiate(config: DictConfig, *args, **kwargs):
    """Return the object that `_target_` names, built from the other entries."""
    module, _, name = config["_target_"].rpartition(".")
    settings = {key: value for key, value in config.items() if key != "_target_"}
    return getattr(import_module(module), name)(*args, **settings, **kwargs)
