class Base:
    def __init__(self):
        pass


class Child(Base):
    def run(self):
        pass


class Plain:
    def run(self):
        pass


Child().run()
Plain().run()
