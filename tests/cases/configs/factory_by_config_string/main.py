import losses

CONFIG = {"loss": {"name": "huber", "delta": 1.0}}


def build(config):
    options = dict(config)
    function = getattr(losses, config["name"])
    options.pop("name")
    return function(**options)


build(CONFIG["loss"])
