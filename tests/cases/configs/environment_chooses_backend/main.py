import os


class Local:
    def load(self, name):
        return self.path(name)

    def path(self, name):
        return name


class Bucket:
    def load(self, name):
        return name


BACKENDS = {"local": Local, "s3": Bucket}


class Settings:
    backend = os.environ.get("BACKEND", "local")

    def make(self):
        return BACKENDS[self.backend]()


def main():
    return Settings().make().load("a")


main()
