class Model:
    def predict(self):
        return 1


def constant():
    return 0


first = Model()
second = Model()
first.predict = constant
first.predict()


def use(model):
    return model.predict()


use(second)
