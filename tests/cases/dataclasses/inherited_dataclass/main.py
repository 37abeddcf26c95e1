from dataclasses import dataclass


@dataclass
class Base:
    name: str

    def __post_init__(self):
        self.validate()

    def validate(self):
        pass


@dataclass
class Child(Base):
    size: int = 0

    def validate(self):
        super().validate()


Child("a", 2)
