class Splitter:
    def __init__(self, share):
        self.share = share

    def split(self):
        pass


class Cleaner:
    @classmethod
    def create(cls):
        return cls()


class Other:
    @classmethod
    def create(cls):
        return cls()

    def split(self):
        pass
