class Base:
    def describe(self):
        return "base"


class Child(Base):
    def describe(self):
        return Base.describe(self)


Child.describe(Child())
