from pydantic import BaseModel, field_validator, model_validator


def known(name):
    return name in ("a", "b")


class Settings(BaseModel):
    name: str
    rate: float = 0.1

    @field_validator("name")
    @classmethod
    def check_name(cls, value):
        if not known(value):
            raise ValueError(value)
        return value

    @model_validator(mode="after")
    def check_all(self):
        return self

    def describe(self):
        return self.name


def load():
    return Settings(name="a")


load().describe()
