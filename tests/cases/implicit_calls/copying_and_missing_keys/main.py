import copy


class State:
    def __init__(self, value):
        self.value = value

    def __copy__(self):
        return State(self.value)

    def __deepcopy__(self, memo):
        return self.clone()

    def clone(self):
        return State(copy.copy(self.value))


class Cache(dict):
    def __missing__(self, key):
        self[key] = compute(key)
        return self[key]

    def __setitem__(self, key, value):
        super().__setitem__(key, value)


def compute(key):
    return key


def main():
    state = State(1)
    copy.copy(state)
    copy.deepcopy(state)
    cache = Cache()
    return cache["a"]


main()
