class Cursor:
    def execute(self):
        pass


class Connection:
    def __enter__(self):
        return Cursor()

    def __exit__(self, *exc):
        return False

    def execute(self):
        raise RuntimeError


with Connection() as cursor:
    cursor.execute()
