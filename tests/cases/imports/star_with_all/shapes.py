__all__ = ["circle"]


def circle():
    return hidden()


def hidden():
    return 0
