class Table:
    def __init__(self, name):
        self.name = name

    def load(self):
        return self.name


tables = {name: Table(name) for name in ("a", "b")}
for table in tables.values():
    table.load()
