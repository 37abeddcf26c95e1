class Parquet:
    def __init__(self, path, shuffle):
        self.path = path

    def open(self):
        pass


class Csv:
    def __init__(self, path, shuffle):
        self.path = path

    def open(self):
        pass
