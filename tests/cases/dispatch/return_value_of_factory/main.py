class Local:
    def put(self, key):
        return write(key)


class Remote:
    def put(self, key):
        return send(key)


def write(key):
    return key


def send(key):
    return key


def make_store(kind):
    return Local() if kind == "local" else Remote()


def make_local() -> Local:
    return make_store("local")


def save(key):
    store = make_store("remote")
    store.put(key)


save("a")
make_local().put("b")
