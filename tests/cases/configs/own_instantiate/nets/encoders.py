class Recurrent:
    def __init__(self, width):
        self.width = width

    def encode(self):
        pass


class Attentive:
    def __init__(self, width):
        self.width = width

    def encode(self):
        pass


class Unnamed:
    def __init__(self, width):
        self.width = width

    def encode(self):
        pass
