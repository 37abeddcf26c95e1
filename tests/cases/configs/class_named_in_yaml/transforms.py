class Scaler:
    def __init__(self):
        pass

    def apply(self):
        pass
