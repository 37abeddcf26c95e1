from functools import cache, lru_cache


@cache
def vocabulary(name):
    return parse(name)


def parse(name):
    return list(name)


class Tokenizer:
    def __init__(self, name):
        self.words = vocabulary(name)

    @lru_cache(maxsize=100)
    def lookup(self, word):
        return self._index(word)

    def _index(self, word):
        return self.words.index(word)

    def __call__(self, words):
        return list(map(self.lookup, words))


def main():
    for name in ("ab", "cd"):
        vocabulary(name)
    tokenizer = Tokenizer("ab")
    vocabulary.cache_clear()
    return tokenizer(["a"])


main()
