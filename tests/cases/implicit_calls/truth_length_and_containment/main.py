class Buffer:
    def __init__(self):
        self.rows = []

    def __len__(self):
        return len(self.rows)

    def __contains__(self, row):
        return self.find(row) is not None

    def find(self, row):
        return row if row in self.rows else None


class Flag:
    def __bool__(self):
        return decide()


def decide():
    return True


def use(buffer, flag):
    if buffer:
        return 0
    if not flag:
        return 1
    return 3 in buffer


def size(buffer):
    return len(buffer)


b = Buffer()
use(b, Flag())
size(b)
