class Base:
    @property
    def name(self):
        return "base"

    def describe(self):
        return self.name


class Child(Base):
    @property
    def name(self):
        return "child"


Child().describe()
