class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        check(value)
        setattr(instance, self.name, value)


def check(value):
    pass


class Layer:
    units = Positive()

    def resize(self, units):
        self.units = units


layer = Layer()
layer.resize(3)
layer.units
