from functools import cache, lru_cache


@lru_cache(maxsize=None)
def load_model(path):
    return read(path)


@cache
def vocabulary():
    return read("v")


def read(path):
    return path


class Service:
    @lru_cache
    def embed(self, text):
        return load_model("m"), vocabulary()


Service().embed("a")
