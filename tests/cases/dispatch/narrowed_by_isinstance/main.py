class Image:
    def resize(self):
        return self

    def encode(self):
        return "image"


class Text:
    def tokenize(self):
        return [self]

    def encode(self):
        return "text"


def prepare(item):
    if isinstance(item, Image):
        return item.resize().encode()
    return first(item.tokenize()).encode()


def first(values):
    return values[0]


def main():
    for item in (Image(), Text()):
        prepare(item)


main()
