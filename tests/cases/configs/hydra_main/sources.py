class CsvData:
    def __init__(self, path):
        self.path = path

    def load(self):
        return self.path
