class Image:
    pass


class Text:
    pass


def encode_image(item):
    return resize(item)


def encode_text(item):
    return item


def resize(item):
    return item


ENCODERS = {Image: encode_image, Text: encode_text}


def encode(item):
    encoder = ENCODERS.get(type(item))
    if encoder is None:
        raise TypeError(type(item))
    return encoder(item)


def main(items):
    return [encode(item) for item in items]


main([Image(), Text()])
