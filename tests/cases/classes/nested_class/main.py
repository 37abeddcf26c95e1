class Model:
    class Config:
        def __init__(self, size):
            self.size = size

        def check(self):
            pass

    def __init__(self):
        self.config = Model.Config(1)
        self.config.check()


Model()
Model.Config(2).check()
