import contextlib


class Database:
    @contextlib.contextmanager
    def transaction(self):
        self.begin()
        yield self
        self.commit()

    def begin(self):
        pass

    def commit(self):
        pass


class Repository:
    def __init__(self, database):
        self.database = database

    def add(self, row):
        with self.database.transaction() as tx:
            write(tx, row)


def write(tx, row):
    pass


Repository(Database()).add(1)
