class Schema:
    def check(self):
        pass


class Table:
    @property
    def schema(self):
        return Schema()


def validate(table):
    table.schema.check()


validate(Table())
