from fastapi import Depends, FastAPI

app = FastAPI()


class Store:
    def __init__(self, url):
        self.url = url

    def get(self, key):
        return key


def get_url():
    return "memory"


def get_store(url: str = Depends(get_url)):
    return Store(url)


@app.get("/items/{key}")
def read(key: str, store: Store = Depends(get_store)):
    return store.get(key)
