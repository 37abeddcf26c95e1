def joined(*parts):
    return "/".join(parts)


class Settings:
    def __init__(self, stage):
        self.stage = stage

    @classmethod
    def load(cls, stage):
        return cls(stage)

    @property
    def model_path(self):
        return joined("models", self.stage, "model.bin")

    def validate(self):
        assert self.stage
