class Reader:
    known = {}

    def __init_subclass__(cls, suffix="", **kwargs):
        super().__init_subclass__(**kwargs)
        Reader.known[suffix] = cls

    def rows(self):
        raise NotImplementedError

    def read_all(self):
        return list(self.rows())


class Csv(Reader, suffix="csv"):
    def __init__(self):
        self.separator = ","

    def rows(self):
        return ["a"]


class Json(Reader, suffix="json"):
    def rows(self):
        return ["{}"]


def make(path):
    return Reader.known[path.rpartition(".")[2]]()


make(input()).read_all()
