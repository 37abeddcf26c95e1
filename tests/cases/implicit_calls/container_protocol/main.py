class Vocabulary:
    def __init__(self):
        self.index = {}

    def __getitem__(self, word):
        return self.lookup(word)

    def __setitem__(self, word, number):
        self.index[word] = number

    def __delitem__(self, word):
        del self.index[word]

    def __contains__(self, word):
        return word in self.index

    def __len__(self):
        return len(self.index)

    def lookup(self, word):
        return self.index[word]


def use(vocabulary):
    vocabulary["a"] = 1
    if "a" in vocabulary and vocabulary["a"]:
        del vocabulary["a"]
    if vocabulary:
        return None
    return len(vocabulary)


use(Vocabulary())
