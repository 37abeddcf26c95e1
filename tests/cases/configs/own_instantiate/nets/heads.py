def linear(width):
    return width


def Recurrent(width):
    return width


def described(width):
    return width
