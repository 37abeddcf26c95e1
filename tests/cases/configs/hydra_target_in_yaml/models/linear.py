class Linear:
    def __init__(self, alpha):
        self.alpha = alpha

    def fit(self):
        pass
