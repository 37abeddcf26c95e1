def shout(text):
    return text


def whisper(text):
    return text


def apply(function, *args, **kwargs):
    return function(*args, **kwargs)


def outer(*args, **kwargs):
    return apply(*args, **kwargs)


outer(shout, "a")
outer(function=whisper, text="b")
