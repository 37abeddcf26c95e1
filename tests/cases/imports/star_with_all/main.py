from shapes import *


def hidden():
    return 1


circle()
hidden()
