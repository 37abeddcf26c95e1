import enum


class Level(enum.Enum):
    LOW = 1
    HIGH = 2

    def label(self):
        return self.name.title()

    @classmethod
    def default(cls):
        return cls.LOW


Level.HIGH.label()
Level(1).label()
Level.default().label()
