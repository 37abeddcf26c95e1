class Loader:
    def load(self, path):
        return self.parse(self.read(path))

    def read(self, path):
        return path

    def parse(self, text):
        raise NotImplementedError


class Json(Loader):
    def parse(self, text):
        return {"t": text}


class Lines(Loader):
    def read(self, path):
        return super().read(path) + "!"

    def parse(self, text):
        return text.splitlines()


class Never(Loader):
    def parse(self, text):
        return None


def main():
    Json().load("a")
    return Lines().load("b")


main()
