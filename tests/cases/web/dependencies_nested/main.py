from fastapi import Depends, FastAPI, Header

from store import Store, get_store

app = FastAPI()


class Pager:
    def __init__(self, page: int = 1):
        self.page = page

    def offset(self):
        return (self.page - 1) * 10


def current_user(token: str = Header(), store: Store = Depends(get_store)):
    return store.find(token)


@app.get("/items")
def items(pager: Pager = Depends(), user=Depends(current_user), store: Store = Depends(get_store)):
    return store.rows(pager.offset())
