class Store:
    def __init__(self, url):
        self.url = url

    def find(self, token):
        return token

    def rows(self, offset):
        return [offset]

    def close(self):
        pass


def get_store():
    store = Store("sqlite://")
    try:
        yield store
    finally:
        store.close()
