class Registry:
    def __init__(self, name):
        self.name = name
        self._modules = {}

    def register_module(self, name=None):
        def _register(cls):
            self._modules[name or cls.__name__] = cls
            return cls

        return _register

    def build(self, cfg):
        args = dict(cfg)
        kind = args.pop("type")
        return self._modules[kind](**args)


MODELS = Registry("models")
LOSSES = Registry("losses")
